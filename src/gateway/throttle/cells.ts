/**
 * The memory of counters: cells of 256 bytes in a buffer that threads can share. What the bytes mean is the business of the window
 * that a cell counts.
 *
 * byte   0  float64  mark: the period that is being counted in
 * byte   8  float64  end: monotonic milliseconds from which forgetting the cell loses nothing
 * byte  16  float64  amount: what a window without ring has counted, or
 * byte  16  int32    current: what is counted in the marked period
 * byte  20  int32    closed: units in the ring, all together
 * byte  24  int32    position: where the ring's oldest period is
 * byte  32  uint16   ring: units of earlier periods
 */
export const cellBytes = 256

const ringByte = 32

/** Periods that the ring can hold. */
export const ringLength: number = (cellBytes - ringByte) / Uint16Array.BYTES_PER_ELEMENT

/** What a period in the ring can hold. */
export const maxUnits = 65_535

/** Shifts from a cell's number to the index of its first element in each view. */
export const float64Shift = 5
export const int32Shift = 6
export const uint16Shift = 7

/** Offsets within a cell, in elements of the view that holds them. */
export const markAt = 0
export const endAt = 1
export const amountAt = 2
export const currentAt = 4
export const closedAt = 5
export const positionAt = 6
export const ringAt: number = ringByte / Uint16Array.BYTES_PER_ELEMENT

export class Cells {
  readonly float64: Float64Array
  readonly int32: Int32Array
  readonly uint16: Uint16Array

  /** `byteOffset` is a multiple of 8. */
  constructor(buffer: ArrayBufferLike, byteOffset: number, cells: number) {
    const bytes = cells * cellBytes
    this.float64 = new Float64Array(buffer, byteOffset, bytes / 8)
    this.int32 = new Int32Array(buffer, byteOffset, bytes / 4)
    this.uint16 = new Uint16Array(buffer, byteOffset, bytes / 2)
  }

  /** Makes it a cell that has counted nothing, for every kind of window: its period is before all others. */
  clear(cell: number): void {
    const first = cell << float64Shift
    this.float64.fill(0, first, first + cellBytes / Float64Array.BYTES_PER_ELEMENT)
    this.float64[first + markAt] = -1
  }
}
