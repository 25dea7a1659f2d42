// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// The part of the test runner's cheatcodes that these tests use.
interface Vm {
    function assume(bool condition) external pure;
    function warp(uint256 timestamp) external;
    function chainId(uint256 id) external;
    function prank(address sender) external;
    function deal(address account, uint256 balance) external;
    function expectRevert(bytes calldata data) external;
    function getCode(string calldata artifact) external view returns (bytes memory code);
}

Vm constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
