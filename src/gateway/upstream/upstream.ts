export class Upstream {}
