// Generated from parameters.json by `npm run generate`; never edited.
pragma circom 2.2.3;

function PRICE_BITS() { return 48; }
function SIZE_BITS() { return 48; }
function POSITION_BITS() { return 56; }
function FUNDING_INDEX_BITS() { return 64; }
function COLLATERAL_BITS() { return 80; }
function COLLATERAL_PRICE_BITS() { return 64; }
function LOT_RISK_BITS() { return 52; }
function BASIS_POINTS_BITS() { return 17; }
function WEIGHT_BITS() { return 14; }
function ACCOUNT_BITS() { return 24; }
function MARKET_BITS() { return 8; }
function SEQUENCE_BITS() { return 32; }
function NONCE_BITS() { return 64; }
function TIME_BITS() { return 40; }
function TIME_IN_FORCE_BITS() { return 2; }
function NOTIONAL_BITS() { return 66; }
function PRICE_TIMES_LOTS_BITS() { return 64; }
function FEES_BITS() { return 80; }
function BASIS_POINTS() { return 10000; }
function MAX_FEE_BPS() { return 100; }
function GTC() { return 0; }
function IOC() { return 1; }
function POST_ONLY() { return 2; }
function TAG_OWNER() { return 1; }
function TAG_POSITIONS() { return 2; }
function TAG_ACCOUNT() { return 3; }
function TAG_NODE() { return 4; }
function TAG_BOOK() { return 5; }
function TAG_STATE() { return 6; }
function TAG_RISK() { return 7; }
function TAG_MESSAGE() { return 8; }
function TAG_CHAIN() { return 9; }
function TAG_NULLIFIER() { return 10; }
function TAG_DATA() { return 11; }
function TAG_ENCRYPT() { return 12; }
