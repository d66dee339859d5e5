/** image 视图。 */
export default {};
