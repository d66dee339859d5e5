/** The image view. */
export default {};
