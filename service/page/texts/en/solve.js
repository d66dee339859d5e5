/** The solve view. */
export default {};
