// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token worth nothing, which anybody may mint: to try a venue on a development chain.
contract PlayToken is ERC20 {
    /// Only development chains, 31337 and 1337, have such tokens.
    error NotADevelopmentChain(uint256 chainId);

    constructor(string memory symbol_) ERC20(symbol_, symbol_) {
        require(block.chainid == 31337 || block.chainid == 1337, NotADevelopmentChain(block.chainid));
    }

    /// @notice Makes `units` of it for `to`.
    function mint(address to, uint256 units) external {
        _mint(to, units);
    }
}
