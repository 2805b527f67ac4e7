public function validateRequest(http:Caller outboundEp, http:Request req) {}
