/** The methods that an OpenAPI definition can give an operation. CONNECT is never tunnelled, so it is not one of them. */
export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS' | 'HEAD' | 'PATCH' | 'TRACE'
