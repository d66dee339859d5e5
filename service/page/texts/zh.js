/** All texts of the page in one language. */

import app from "./zh/app.js";
import fields from "./zh/fields.js";
import layer from "./zh/layer.js";
import compare from "./zh/compare.js";
import solve from "./zh/solve.js";
import network from "./zh/network.js";
import image from "./zh/image.js";
import learn from "./zh/learn.js";

export default { ...app, ...fields, ...layer, ...compare, ...solve, ...network, ...image, ...learn };
