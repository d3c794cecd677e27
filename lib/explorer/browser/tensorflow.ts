/**
 * TensorFlow.js for the explorer page: its core with the backend in plain JavaScript. The package
 * `@tensorflow/tfjs` would add layers, converters and WebGL, and make the page's code three times as
 * large.
 */
import "npm:@tensorflow/tfjs-backend-cpu@4.22.0";
import "npm:@tensorflow/tfjs-core@4.22.0/dist/public/chained_ops/reshape.js";
export * from "npm:@tensorflow/tfjs-core@4.22.0";
