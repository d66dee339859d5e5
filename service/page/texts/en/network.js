/** The network view. */
export default {};
