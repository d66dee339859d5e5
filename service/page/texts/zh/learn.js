/** learn 视图。 */
export default {};
