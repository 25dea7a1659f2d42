#pragma once

namespace zkclear {

/** out = a operation b for elements in Montgomery form; false if there is no such operation. */
using FieldProbe = bool (*)(char operation, const void* a, const void* b, void* out);

/** Of the fields q, r and 2 (the extension of q); null for another. */
FieldProbe portableProbe(char field);
FieldProbe adxProbe(char field);

}  // namespace zkclear
