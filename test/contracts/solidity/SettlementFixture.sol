// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Authority} from "../../../contracts/settlement/Authority.sol";
import {Circuits} from "../../../contracts/settlement/Circuits.sol";
import {Operation} from "../../../contracts/settlement/Operation.sol";
import {Settlement} from "../../../contracts/settlement/Settlement.sol";
import {Exits} from "../../../contracts/settlement/Exits.sol";
import {Queue} from "../../../contracts/settlement/Queue.sol";
import {Vault} from "../../../contracts/settlement/Vault.sol";
import {CashKind} from "../../../contracts/Parameters.sol";
import {PublicData} from "../../../contracts/PublicData.sol";
import {DELEVERAGE, Domain, RISK_UPDATE, RiskRoot, StateRoot, TAKEOVER} from "../../../contracts/Types.sol";
import {TestToken} from "./SettlementStubs.sol";
import {StubStateVerifier, stubProof} from "./StubVerifiers.sol";
import {VM} from "./Vm.sol";

/// A settlement of two assets with stub verifiers, and what is needed to "prove" to them.
abstract contract SettlementFixture {
    uint256 internal constant ASSETS = 2;
    uint256 internal constant SLOTS = 4;
    uint256 internal constant TRADE_WORDS = 20;
    uint256 internal constant CASH_WORDS = 6 + 5 * SLOTS + 3 + 3;
    uint32 internal constant CLAIM_PERIOD = 7 days;
    uint32 internal constant UPGRADE_DELAY = 40 days;
    uint32 internal constant EXECUTION_WINDOW = 20 days;
    uint32 internal constant WIND_DOWN_PERIOD = 60 days;
    uint32 internal constant CLOSING_NOTICE = 30 days;
    uint256 internal constant EXIT_KIND = 255;
    /// Words of risk updates.
    uint256 internal constant RISK_WORDS = 8;
    uint256 internal constant LIQUIDATION_WORDS = 12;
    /// Kinds of circuits that Authority holds: of batches, and of risk updates.
    uint256 internal constant KINDS = 5;
    uint96 internal constant COVER = 3_600;
    /// A point that can be registered: circomlib's generator of the subgroup.
    uint256 internal constant X = 5299619240641551281634865583518297030282874472190772894086521144482721001553;
    uint256 internal constant Y = 16950150798460657717958625567821834550301663161624707787222815936182638968203;

    Settlement public settlement;
    Authority public authority;
    Exits public exits;
    TestToken[ASSETS] public tokens;
    uint256[ASSETS] internal scales = [uint256(1000), 7];

    /// The verifier in force of a kind, which takes proofs with its own salt, and the salt of the one before.
    mapping(uint256 kind => address) internal verifiers;
    mapping(address verifier => uint256) internal saltOf;
    mapping(uint256 kind => uint256) internal staleSalt;
    uint96[ASSETS] internal outflow;

    function makeVerifier(uint256 salt) internal returns (address verifier) {
        verifier = address(new StubStateVerifier(salt));
        saltOf[verifier] = salt;
    }

    function replaceVerifier(uint256 kind, address verifier) internal {
        (staleSalt[kind], verifiers[kind]) = (saltOf[verifiers[kind]], verifier);
    }

    function deploySettlement(address house, Operation.Roles memory roles) internal {
        verifiers[0] = makeVerifier(10);
        verifiers[1] = makeVerifier(11);
        verifiers[EXIT_KIND] = makeVerifier(12);
        verifiers[RISK_UPDATE] = makeVerifier(13);
        verifiers[TAKEOVER] = makeVerifier(14);
        verifiers[DELEVERAGE] = makeVerifier(15);
        Circuits.Circuit[] memory circuits = new Circuits.Circuit[](KINDS - 1);
        for (uint256 kind = 0; kind < KINDS - 1; kind++) {
            circuits[kind] = Circuits.Circuit(verifiers[kind], uint96(wordsOf(kind)));
        }
        Authority.OutflowLimit[] memory limits = new Authority.OutflowLimit[](ASSETS);
        for (uint256 i = 0; i < ASSETS; i++) {
            limits[i] = Authority.OutflowLimit(100, 2_000);
            outflow[i] = (100 << 16) | 2_000;
        }
        authority = new Authority(
            Authority.Periods({
                upgradeDelay: UPGRADE_DELAY,
                executionWindow: EXECUTION_WINDOW,
                maxPause: 1 days,
                windDownPeriod: WIND_DOWN_PERIOD,
                closingNotice: CLOSING_NOTICE,
                shortDelay: false
            }),
            roles,
            circuits,
            Circuits.Circuit(verifiers[RISK_UPDATE], uint96(RISK_WORDS)),
            verifiers[EXIT_KIND],
            limits,
            10 days,
            COVER,
            Authority.RiskParameters(0, new uint256[](0))
        );
        exits = new Exits(authority, ASSETS, CLAIM_PERIOD);
        Vault.AssetTerms[] memory assets = new Vault.AssetTerms[](ASSETS);
        for (uint256 i = 0; i < ASSETS; i++) {
            tokens[i] = new TestToken();
            assets[i] = Vault.AssetTerms(IERC20(address(tokens[i])), scales[i], 1);
        }
        settlement = deploy(
            Settlement.Deployment({
                genesisRoot: StateRoot.wrap(1),
                accountLevels: 3,
                house: Queue.Registration(house, X, Y, 1, viewOf(0)),
                assets: assets,
                outflowMax: 2 days,
                queue: Queue.QueuePeriods({
                    forcePeriod: 3 days,
                    spacing: 1 hours,
                    maxDeadline: 10 days,
                    maxPending: 12,
                    fee: 100,
                    feeStep: 5,
                    registrationFee: 1000
                }),
                authority: authority,
                exits: exits
            })
        );
    }

    /// By the code of the build, with its own settings: a contract that says `new` holds that code, and takes as long to compile.
    function deploy(Settlement.Deployment memory given) private returns (Settlement) {
        bytes memory code = bytes.concat(VM.getCode("Settlement.sol:Settlement"), abi.encode(given));
        address deployed;
        assembly ("memory-safe") {
            deployed := create(0, add(code, 0x20), mload(code))
        }
        require(deployed != address(0), "not deployed");
        return Settlement(deployed);
    }

    /// The kinds of circuits that Authority holds.
    function kindAt(uint256 place) internal pure returns (uint256) {
        return place == KINDS - 1 ? RISK_UPDATE : place;
    }

    function wordsOf(uint256 kind) internal pure returns (uint256) {
        if (kind == RISK_UPDATE) return RISK_WORDS;
        if (kind >= TAKEOVER) return LIQUIDATION_WORDS;
        return kind == 0 ? TRADE_WORDS : CASH_WORDS;
    }

    /// What the verifier of the kind takes for a proof of these words; a lie is what the one before it takes.
    function batchOf(
        uint256 kind,
        uint256[] memory words,
        address[] memory payers,
        bool lies
    ) internal view returns (Settlement.Batch memory batch) {
        batch.words = words;
        batch.commitment = 5;
        batch.payers = payers;
        batch.proof = stubProof(abi.encode(this.signalsOf(kind, words)));
        unchecked {
            batch.proof.a[0] += lies ? staleSalt[kind] : saltOf[verifiers[kind]];
        }
    }

    function signalsOf(uint256 kind, uint256[] calldata words) external view returns (uint256[3] memory) {
        return PublicData.signals(settlement.domain(), kind, 5, words.length, words);
    }

    /// A batch's words without what it does.
    function headOf(uint256 count, uint256 newRoot) internal view returns (uint256[] memory words) {
        words = new uint256[](count);
        words[0] = Domain.unwrap(settlement.domain());
        words[1] = block.timestamp;
        words[2] = RiskRoot.unwrap(settlement.riskRoot());
        words[3] = StateRoot.unwrap(settlement.stateRoot());
        words[4] = newRoot;
    }

    /// Writes a slot into the words.
    function put(
        uint256[] memory words,
        uint256 slot,
        uint256 kind,
        uint256 account,
        uint256 counterAccount,
        uint256 asset,
        uint256 a
    ) internal pure {
        words[6 + 5 * slot] = (kind << 56) | (account << 32) | (counterAccount << 8) | asset;
        words[7 + 5 * slot] = a;
        words[10 + 5 * slot] = 1;
        uint256 used = words.length - 3;
        if (words[used] >> 24 <= slot) words[used] = (slot + 1) << 24;
    }

    /// What the view key of an account must hash to.
    function viewOf(uint256 account) internal pure returns (uint256) {
        return 1 + account;
    }

    function amounts(uint256 requested, uint256 paid, uint256 available) internal pure returns (uint256) {
        return (requested << 160) | (paid << 80) | available;
    }

    /// The words of that claim.
    function exitWords(uint256 account, uint256[] memory claims) internal view returns (uint256[] memory words) {
        words = new uint256[](4 + ASSETS);
        words[0] = Domain.unwrap(settlement.domain());
        words[1] = StateRoot.unwrap(settlement.stateRoot());
        words[2] = RiskRoot.unwrap(settlement.riskRootUsed());
        words[3] = account;
        for (uint256 i = 0; i < ASSETS; i++) words[4 + i] = claims[i];
    }
}
