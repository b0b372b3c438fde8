/** What a screenshot shows, by its pixels. */
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a picture, its borders left out where they run through a pixel. */
export function cut(png: PNG, box: Box): PNG {
  const [left, top] = [Math.ceil(box.x), Math.ceil(box.y)];
  const [width, height] = [Math.floor(box.x + box.width) - left, Math.floor(box.y + box.height) - top];
  const part = new PNG({ width, height });
  PNG.bitblt(png, part, left, top, width, height, 0, 0);
  return part;
}

/** A number for each pixel: which one, is nobody's business. */
const pixelsOf = ({ data }: PNG): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, data.length / 4);

/** From 0, black, to 255: how bright the upper left corner is, where there is nothing but the page. */
export function brightness({ data: [red = 0, green = 0, blue = 0] }: PNG): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** The share of pixels that are not the corner's colour. 0: a blank picture. */
export function inked(png: PNG): number {
  const pixels = pixelsOf(png);
  return pixels.reduce((ink, pixel) => ink + Number(pixel !== pixels[0]), 0) / pixels.length;
}

/** How many pixels have exactly this colour, '#0b6e4f' for instance. */
export function count(png: PNG, color: string): number {
  const bytes = Buffer.from(`${color.slice(1)}ff`, 'hex');
  const [wanted] = new Uint32Array(Uint8Array.from(bytes).buffer);
  return pixelsOf(png).reduce((found, pixel) => found + Number(pixel === wanted), 0);
}

/** A picture of so many squares, each the mean of what it stands for: letters become grey, bars and lines stay. */
export function thumbnail(png: PNG, width: number, height: number): PNG {
  const small = new PNG({ width, height });
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      small.data.set(meanOf(png, row / height, column / width, 1 / height, 1 / width), (row * width + column) * 4);
    }
  }
  return small;
}

/** The mean colour of a part, whose place and size are shares of the whole. */
function meanOf({ data, width, height }: PNG, row: number, column: number, tall: number, wide: number): number[] {
  const [left, right] = [Math.floor(column * width), Math.floor((column + wide) * width)];
  const [top, bottom] = [Math.floor(row * height), Math.floor((row + tall) * height)];
  const sum = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      for (let channel = 0; channel < 4; channel++) {
        sum[channel] = (sum[channel] ?? 0) + (data[(y * width + x) * 4 + channel] ?? 0);
      }
    }
  }
  return sum.map((value) => Math.round(value / ((right - left) * (bottom - top))));
}

/** The share of squares that look different to the eye. */
export function difference(a: PNG, b: PNG): number {
  const { width, height } = a;
  return pixelmatch(a.data, b.data, undefined, width, height, { threshold: 0.15, includeAA: true }) / (width * height);
}
