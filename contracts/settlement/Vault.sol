// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {consumed, credited, pulled, received, refunded} from "./Accounting.sol";
import {ISettlement} from "./ISettlement.sol";
import {Lifecycle} from "./Lifecycle.sol";
import {outflowLeft, WHOLE} from "./QueueTerms.sol";

/// @title The tokens: what is held of each asset, whose credit it is, and how fast it may leave.
/// @notice Tokens are counted in lots. Of each asset there are three amounts (Accounting.sol), and the contract's balance of the
/// token is at least their sum; what is transferred to it otherwise is counted nowhere. Nobody is sent anything: money that
/// left the state is credited to its owner, who claims it.
abstract contract Vault is Lifecycle {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice An asset as a venue is deployed with it; asset 0 is the one that accounts are settled in.
    struct AssetTerms {
        IERC20 token;
        /// Token units per lot.
        uint256 lotScale;
        /// Lots that a deposit has at least.
        uint80 minDeposit;
    }

    /// @notice Lots of one asset: deposited and not yet in the state, owned by accounts together, credited to owners.
    struct Lots {
        uint80 queued;
        uint80 vault;
        uint80 claimable;
    }

    /// What has left of one asset in an hour.
    struct Outflow {
        uint80 spent;
        uint40 hour;
    }

    /// What an address is owed of an asset, by age: credited in `epoch`, in the one before, and earlier.
    struct Credit {
        uint80 young;
        uint80 middle;
        uint80 old;
        uint40 epoch;
    }

    /// Epochs per outflowMax: a credit is old once a whole epoch lies between, so after one or two of them and never later than it
    /// should be.
    uint256 private constant EPOCHS = 2;

    /// Most assets: their bits in an account's pending requests are the lowest ones.
    uint256 internal constant MAX_ASSETS = 16;

    /// The longest that an outflow limit delays a credit.
    uint256 private constant LONGEST_OUTFLOW_MAX = 30 days;

    /// The highest lotScale: no number of lots that is counted here overflows in token units.
    uint256 private constant MAX_LOT_SCALE = 2 ** 128;

    /// @notice How many assets there are.
    uint256 public immutable assetCount;
    /// @notice Seconds after which a credit is paid regardless of the outflow limit.
    uint32 public immutable outflowMax;

    /// @notice The token of an asset.
    mapping(uint256 asset => IERC20) public token;
    /// @notice Token units per lot of an asset.
    mapping(uint256 asset => uint256) public lotScale;
    /// @notice Lots that a deposit of the asset has at least.
    mapping(uint256 asset => uint80) public minDeposit;
    /// @notice What is held of an asset.
    mapping(uint256 asset => Lots) public lots;
    mapping(uint256 asset => Outflow) private outflows;
    mapping(address owner => mapping(uint256 asset => Credit)) private credits;

    /// @notice `lots` of the asset became claimable by `owner`.
    event Credited(address indexed owner, uint256 indexed asset, uint256 lots);
    /// @notice `owner` claimed `lots` of the asset, which went to `to`.
    event Claimed(address indexed owner, uint256 indexed asset, uint256 lots, address to);

    /// There is no such asset; there are `count`.
    error AssetUnknown(uint256 asset, uint256 count);
    /// A venue has from 1 to `most` assets.
    error AssetCountWrong(uint256 count, uint256 most);
    /// The token has no code, or a lot of it is no number of units from 1 to `most`.
    error AssetUnusable(uint256 asset, address token, uint256 lotScale, uint256 most);
    /// A deposit of that asset has at least `least` lots.
    error DepositTooSmall(uint256 asset, uint256 amount, uint256 least);
    /// Of `units` of the token, `arrived` arrived: tokens that take fees or change balances cannot be held.
    error DepositNotWhole(uint256 asset, uint256 units, uint256 arrived);
    /// `amount` was claimed, and of that asset the outflow limit lets `free` go to the caller now: wait, or claim less.
    error OutflowLimited(uint256 asset, uint256 amount, uint256 free);
    /// outflowMax is from EPOCHS to `most` seconds.
    error OutflowMaxOutOfRange(uint256 outflowMax, uint256 most);

    constructor(AssetTerms[] memory assets, uint32 outflowMax_) {
        require(assets.length > 0 && assets.length <= MAX_ASSETS, AssetCountWrong(assets.length, MAX_ASSETS));
        bool inRange = outflowMax_ >= EPOCHS && outflowMax_ <= LONGEST_OUTFLOW_MAX;
        require(inRange, OutflowMaxOutOfRange(outflowMax_, LONGEST_OUTFLOW_MAX));
        assetCount = assets.length;
        outflowMax = outflowMax_;
        for (uint256 i = 0; i < assets.length; i++) {
            AssetTerms memory terms = assets[i];
            bool usable = address(terms.token).code.length > 0 && terms.lotScale > 0 && terms.lotScale <= MAX_LOT_SCALE;
            require(usable, AssetUnusable(i, address(terms.token), terms.lotScale, MAX_LOT_SCALE));
            token[i] = terms.token;
            lotScale[i] = terms.lotScale;
            minDeposit[i] = terms.minDeposit;
        }
    }

    /// @notice Sends `amount` lots of the caller's credit to `to`. Works at all times; the outflow limit may delay it while the venue
    /// lives, and after a proof broke a verifier, but no credit older than outflowMax.
    function claim(uint256 asset, uint80 amount, address to) external nonReentrant {
        Lots storage held = lots[asset];
        Credit memory credit = _aged(credits[msg.sender][asset]);
        (uint256 claimable, ) = pulled(held.claimable, uint256(credit.young) + credit.middle + credit.old, amount);
        uint256 free = _free(asset, held, credit);
        require(amount <= free, OutflowLimited(asset, amount, free));
        held.claimable = claimable.toUint80();
        credits[msg.sender][asset] = _spend(credit, amount);
        outflows[asset] = Outflow((_spent(asset) + amount).toUint80(), uint40(block.timestamp / 1 hours));
        emit Claimed(msg.sender, asset, amount, to);
        token[asset].safeTransfer(to, amount * lotScale[asset]);
    }

    /// @inheritdoc ISettlement
    function vaultOf(uint256 asset) external view returns (uint80) {
        return lots[asset].vault;
    }

    /// @notice What `owner` is credited of the asset.
    /// @return all All lots.
    /// @return free Those that may be claimed now.
    function creditOf(address owner, uint256 asset) external view returns (uint256 all, uint256 free) {
        Credit memory credit = _aged(credits[owner][asset]);
        all = uint256(credit.young) + credit.middle + credit.old;
        free = _free(asset, lots[asset], credit);
        if (free > all) free = all;
    }

    /// Takes `amount` lots from the caller; they wait in the queue.
    function _receive(uint256 asset, uint80 amount) internal {
        _requireAsset(asset);
        require(amount >= minDeposit[asset], DepositTooSmall(asset, amount, minDeposit[asset]));
        Lots storage held = lots[asset];
        uint256 all = uint256(held.queued) + held.vault + held.claimable;
        held.queued = received(held.queued, all, amount).toUint80();
        uint256 units = amount * lotScale[asset];
        IERC20 token_ = token[asset];
        uint256 before = token_.balanceOf(address(this));
        token_.safeTransferFrom(msg.sender, address(this), units);
        uint256 present = token_.balanceOf(address(this));
        uint256 arrived = present > before ? present - before : 0;
        require(arrived == units, DepositNotWhole(asset, units, arrived));
    }

    /// A queued deposit entered the state.
    function _consume(uint256 asset, uint256 amount) internal {
        Lots storage held = lots[asset];
        (uint256 queued, uint256 vault) = consumed(held.queued, held.vault, amount);
        held.queued = queued.toUint80();
        held.vault = vault.toUint80();
    }

    /// Money left the state: it is its owner's to claim.
    function _credit(uint256 asset, address owner, uint256 amount) internal {
        Lots storage held = lots[asset];
        (uint256 vault, uint256 claimable) = credited(held.vault, held.claimable, amount);
        held.vault = vault.toUint80();
        held.claimable = claimable.toUint80();
        _addCredit(asset, owner, amount);
    }

    /// A deposit that never entered the state goes back to whoever paid it.
    function _refund(uint256 asset, address payer, uint256 amount) internal {
        Lots storage held = lots[asset];
        (uint256 queued, uint256 claimable) = refunded(held.queued, held.claimable, amount);
        held.queued = queued.toUint80();
        held.claimable = claimable.toUint80();
        _addCredit(asset, payer, amount);
    }

    /// The outflow limit of an asset: lots, and basis points of what is there or of those lots, that may leave in an hour.
    function _outflowLimit(uint256 asset) internal view virtual returns (uint256 floor, uint256 shareBps);

    /// Reverts unless there is such an asset.
    function _requireAsset(uint256 asset) internal view {
        require(asset < assetCount, AssetUnknown(asset, assetCount));
    }

    function _addCredit(uint256 asset, address owner, uint256 amount) private {
        if (amount == 0) return;
        Credit memory credit = _aged(credits[owner][asset]);
        credit.young = (credit.young + amount).toUint80();
        credits[owner][asset] = credit;
        emit Credited(owner, asset, amount);
    }

    /// The credit as it is in the epoch that it is now.
    function _aged(Credit memory credit) private view returns (Credit memory) {
        uint40 epoch = uint40((block.timestamp * EPOCHS) / outflowMax);
        if (epoch == credit.epoch) return credit;
        bool byOne = epoch == credit.epoch + 1;
        uint80 old = byOne ? credit.old + credit.middle : credit.old + credit.middle + credit.young;
        return Credit({young: 0, middle: byOne ? credit.young : 0, old: old, epoch: epoch});
    }

    /// What the owner of the credit could claim now if it were large enough.
    function _free(uint256 asset, Lots storage held, Credit memory credit) private view returns (uint256) {
        // A thief who has a broken verifier could lift the limit by showing it.
        if (frozenAt != 0 && cause < Cause.VerifierBroken) return type(uint256).max;
        (uint256 floor, uint256 shareBps) = _outflowLimit(asset);
        if (shareBps == WHOLE) return type(uint256).max;
        return credit.old + outflowLeft(uint256(held.vault) + held.claimable, floor, shareBps, _spent(asset));
    }

    /// What has left of the asset in this hour.
    function _spent(uint256 asset) private view returns (uint256) {
        Outflow memory outflow = outflows[asset];
        return outflow.hour == block.timestamp / 1 hours ? outflow.spent : 0;
    }

    /// The credit after `amount` lots of it were taken, the oldest first.
    function _spend(Credit memory credit, uint80 amount) private pure returns (Credit memory) {
        uint80 part = amount < credit.old ? amount : credit.old;
        (credit.old, amount) = (credit.old - part, amount - part);
        part = amount < credit.middle ? amount : credit.middle;
        (credit.middle, amount) = (credit.middle - part, amount - part);
        credit.young -= amount;
        return credit;
    }
}
