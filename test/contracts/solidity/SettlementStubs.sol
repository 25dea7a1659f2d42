// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// An operator that is a contract (ERC-1271): what it approved is signed, whatever the signature.
contract ContractOperator {
    mapping(bytes32 digest => bool) public approved;

    function approve(bytes32 digest) external {
        approved[digest] = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return approved[digest] ? this.isValidSignature.selector : bytes4(0);
    }
}

/// Whoever pays a fee and does something when the excess comes back.
contract ReentrantPayer {
    address private target;
    bytes private data;
    bool private refuses;
    bool public succeeded;
    bytes public answer;

    error Refused();

    function whenPaid(address target_, bytes calldata data_, bool refuses_) external {
        (target, data, refuses) = (target_, data_, refuses_);
    }

    function pay(address to, bytes calldata call) external payable {
        (bool ok, bytes memory said) = to.call{value: msg.value}(call);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(said, 0x20), mload(said))
        }
    }

    receive() external payable {
        if (refuses) revert Refused();
        (succeeded, answer) = target.call(data);
    }
}

/// A token that anybody can mint.
contract TestToken is ERC20 {
    constructor() ERC20("Test", "TEST") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// A token that may be as bad as tokens are.
contract HostileToken is TestToken {
    /// Units that do not arrive of a transfer.
    uint256 public fee;
    /// Units that arrive and were not sent.
    uint256 public gift;
    mapping(address => bool) public blocked;
    /// What is called during a transfer, and with what.
    address public target;
    bytes public data;
    /// What the call made during the last transfer said.
    bool public succeeded;
    bytes public answer;

    error Blocked(address who);

    function set(uint256 fee_, uint256 gift_) external {
        (fee, gift) = (fee_, gift_);
    }

    function setBlocked(address who, bool is_) external {
        blocked[who] = is_;
    }

    function callDuringTransfers(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (blocked[from] || blocked[to]) revert Blocked(blocked[from] ? from : to);
        super._update(from, to, amount);
        if (from == address(0) || to == address(0)) return;
        if (fee > 0) super._update(to, address(0xFEE), fee);
        if (gift > 0) super._update(address(0), to, gift);
        if (target != address(0)) (succeeded, answer) = target.call(data);
    }
}
