/** The learn view. */
export default {};
