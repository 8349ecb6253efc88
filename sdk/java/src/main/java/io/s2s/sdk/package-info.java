/**
 * The client of the S2S conversion tracking API. Begin with {@link io.s2s.sdk.S2sClient}. The
 * messages are in {@code io.s2s.sdk.v1}.
 */
package io.s2s.sdk;
