/** All texts of the page in one language. */

import app from "./en/app.js";
import fields from "./en/fields.js";
import layer from "./en/layer.js";
import compare from "./en/compare.js";
import solve from "./en/solve.js";
import network from "./en/network.js";
import image from "./en/image.js";
import learn from "./en/learn.js";

export default { ...app, ...fields, ...layer, ...compare, ...solve, ...network, ...image, ...learn };
