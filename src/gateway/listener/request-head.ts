export class RequestHead {}
