// What the processor that runs can do, of what the dispatch paths ask for.
#pragma once

namespace zkclear {

/** MULX, ADCX and ADOX. */
bool hasAdx();

/** AVX-512 with its integer fused multiply-add, and an operating system that saves its registers. */
bool hasIfma();

}  // namespace zkclear
