/**
 * The generator of the thin layer: a plugin of buf, which {@code make generate} compiles and runs.
 * It is no part of the package, so nobody who builds or uses the SDK needs it.
 */
package io.s2s.sdk.generate;
