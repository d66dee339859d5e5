/** The compare view. */
export default {};
