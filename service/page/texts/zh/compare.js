/** compare 视图。 */
export default {};
