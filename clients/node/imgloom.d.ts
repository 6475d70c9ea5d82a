/** How a picture is made: the `recipe` of a report. What is left out is at its default. */
export interface Recipe {
  /** px, of the final picture */
  width?: number;
  height?: number;
  /** default cover: filled, and cropped; inside: whole, within the box */
  fit?: 'cover' | 'contain' | 'fill' | 'inside' | 'outside';
  /** degrees, clockwise */
  rotation?: number;
  grayscale?: boolean | 'luminance';
  /** by default that of the input */
  format?: string;
  quality?: number;
  /** All others: docs/report.md and `imgloom report --schema`. */
  [field: string]: unknown;
}

export interface Options {
  /** Files, and folders, which are walked; bytes where a name is not UTF-8. */
  inputs: string | Uint8Array | Iterable<string | Uint8Array>;
  /** A folder; left out, outputs stand beside their inputs, as processed_NAME. */
  output?: string;
  recipe?: Recipe;
  /** Images at once; by default as many as there are CPUs. */
  jobs?: number;
  /** Seconds for one image. */
  timeout?: number;
  ifExists?: 'replace' | 'skip' | 'error' | 'newer';
  /** Further switches, as in `['--name', '{stem}-small.{ext}']`. */
  args?: string[];
  /**
   * Aborted, images at work are finished, the rows of all others are `cancelled`, and the loop then
   * throws the signal's reason.
   */
  signal?: AbortSignal;
  /** The folder that relative paths start from. */
  cwd?: string;
  /** The program; by default $IMGLOOM, else `imgloom` in PATH. */
  program?: string;
}

/** What happened to one output; `imgloom report --schema` describes every field. */
export interface Row {
  seq: number;
  originalPath: string;
  /** Only where the path is not UTF-8: its bytes. */
  originalPathBase64?: string;
  outputPath: string | null;
  outputPathBase64?: string;
  success: boolean;
  status: 'ok' | 'warning' | 'skipped' | 'planned' | 'error';
  /** A sentence; null where nothing failed. */
  error: string | null;
  errorCode: string | null;
  errorStage: string | null;
  skipReason: string | null;
  warnings: string[];
  /** Bytes. */
  originalSize: number | null;
  processedSize: number | null;
  /** Below 0 where the output is larger. */
  savedBytes: number | null;
  /** RFC 3339 with nine digits. */
  originalModified: string | null;
  processedModified: string | null;
  originalFormat: string | null;
  /** px */
  originalWidth: number | null;
  originalHeight: number | null;
  originalHasAlpha: boolean | null;
  originalBitDepth: number | null;
  originalFrames: number | null;
  originalDpi: number | null;
  orientation: number | null;
  format: string | null;
  width: number | null;
  height: number | null;
  channels: number | null;
  hasAlpha: boolean | null;
  bitDepth: number | null;
  frames: number | null;
  dpi: number | null;
  quality: number | null;
  ssim: number | null;
  /** The share of the picture that its fit cut away, 0 to 1. */
  cropped: number | null;
  /** The part of the upright picture that was used, X,Y,WxH; null: all of it. */
  extracted: string | null;
  /** The kind of raw file whose embedded preview was read; missing: it is none. */
  previewOf?: string;
  /** The output is the original, byte for byte. */
  copied: boolean;
  lane: string | null;
  decoder: string | null;
  worker: number | null;
  /** ms */
  startMs: number | null;
  queueMs: number | null;
  elapsedMs: number | null;
  /** With `--state`: why it was made or tried. */
  because?: 'new' | 'input' | 'recipe' | 'version' | 'output' | 'failed' | null;
  [field: string]: unknown;
}

export interface Summary {
  inputs: number;
  rows: number;
  ok: number;
  warning: number;
  skipped: number;
  failed: number;
  bytesIn: number;
  bytesOut: number;
  elapsedMs: number;
  interrupted: boolean;
  errorsByCode: Record<string, number>;
  [field: string]: unknown;
}

/** Iterate over it once; a loop that is left early ends the run. */
export interface Run extends AsyncIterable<Row> {
  readonly header: Record<string, unknown> | null;
  /** Set when the loop has ended. */
  readonly summary: Summary | null;
}

/**
 * Processes images on all cores. Images that fail are rows in error; an ImgloomError is thrown where
 * the run as a whole fails.
 */
export function run(options: Options): Run;

export class ImgloomError extends Error {
  /** imgloom's exit status: 2 wrong switches or recipe, 3 no image, 4 nothing can be written. */
  exitCode: number | null;
  signal: string | null;
  stderr: string;
}
