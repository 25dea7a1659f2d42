// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A mock of Chainlink's aggregator interface, as far as oracles read it: it answers whatever it was told.
contract MockAggregator {
    error NoData();

    uint8 public immutable decimals;
    int256 private _answer;
    uint256 private _updatedAt;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    /// @notice Tells what to answer; a feed that was never updated, at 0, reverts.
    function tell(int256 answer, uint256 updatedAt) external {
        _answer = answer;
        _updatedAt = updatedAt;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        require(_updatedAt != 0, NoData());
        return (1, _answer, _updatedAt, _updatedAt, 1);
    }
}
