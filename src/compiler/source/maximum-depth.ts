/** How deep the values of a file may nest. Real definitions stay below 60; whatever walks a document may recurse this deep. */
export const maximumDepth = 500
