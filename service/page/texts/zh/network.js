/** network 视图。 */
export default {};
