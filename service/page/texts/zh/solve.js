/** solve 视图。 */
export default {};
