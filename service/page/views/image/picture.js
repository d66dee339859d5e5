/** Pictures as numbers and numbers as pictures: three planes of a byte a pixel, red, green and blue. */

export const CHANNELS = 3;
export const SHIPPED = "/page/views/image/picture.svg";

const LONGEST = 512; // pixels of a side: more would be shown smaller anyway
const WHITE = 255;

/** A picture as `{ data, shape, canvas }`: from a file that was chosen, or the shipped one. */
export async function readPicture(file) {
  if (file) {
    const bitmap = await createImageBitmap(file);
    return numbersOfPicture(bitmap, bitmap.width, bitmap.height);
  }
  const picture = new Image();
  picture.src = SHIPPED;
  await picture.decode();
  return numbersOfPicture(picture, picture.naturalWidth, picture.naturalHeight);
}

/** Scales down to LONGEST, puts what is transparent on white, and takes the colours apart. */
function numbersOfPicture(source, width, height) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = Object.assign(document.createElement("canvas"), { width: across, height: down });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, across, down);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, across, down);
  const pixels = context.getImageData(0, 0, across, down).data;
  const count = across * down;
  const data = new Uint8Array(CHANNELS * count);
  for (let pixel = 0; pixel < count; pixel += 1) {
    for (let channel = 0; channel < CHANNELS; channel += 1) data[channel * count + pixel] = pixels[4 * pixel + channel];
  }
  return { data, shape: [CHANNELS, down, across], canvas, original: [height, width] };
}

/** A part of an array of three planes. */
export function cropped({ data, shape: [, down, across] }, [top, left], [height, width]) {
  const part = new data.constructor(CHANNELS * height * width);
  for (let line = 0; line < CHANNELS * height; line += 1) {
    const start = Math.floor(line / height) * down * across + (top + (line % height)) * across + left;
    part.set(data.subarray(start, start + width), line * width);
  }
  return { data: part, shape: [CHANNELS, height, width] };
}

/** The smallest and the largest number of some arrays. */
export function extremes(arrays) {
  let [low, high] = [Infinity, -Infinity];
  for (const { data } of arrays) {
    for (const value of data) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/** Draws an array on a canvas of its size. `black` and `white` are the numbers that become black and white. */
export function draw(canvas, { data, shape: [, down, across] }, [black, white]) {
  Object.assign(canvas, { width: across, height: down });
  const image = new ImageData(across, down);
  const count = across * down;
  const factor = WHITE / (white - black || 1);
  for (let pixel = 0; pixel < count; pixel += 1) {
    for (let channel = 0; channel < CHANNELS; channel += 1) image.data[4 * pixel + channel] = (data[channel * count + pixel] - black) * factor;
    image.data[4 * pixel + 3] = WHITE;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
