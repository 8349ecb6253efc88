package s2s

// Version is the version of this package.
const Version = "0.1.0"

// userAgent stands before gRPC's own, which gRPC adds.
const userAgent = "s2s-sdk-go/" + Version
