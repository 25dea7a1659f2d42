/** What is asked of an asset's token (ERC-20), and what OpenZeppelin's say where they refuse (ERC-6093). */
export const TOKEN_ABI = [
  'error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)',
  'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  'error ERC20InvalidApprover(address approver)',
  'error ERC20InvalidReceiver(address receiver)',
  'error ERC20InvalidSender(address sender)',
  'error ERC20InvalidSpender(address spender)',
  'event Approval(address indexed owner, address indexed spender, uint256 value)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'function allowance(address owner, address spender) view returns (uint256)',
  // What it returns is not looked at: some tokens return nothing.
  'function approve(address spender, uint256 value)',
  'function balanceOf(address account) view returns (uint256)',
  // Of play tokens alone.
  'function mint(address to, uint256 units)',
] as const
