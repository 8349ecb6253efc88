/**
 * The client of the S2S conversion tracking API: {@link io.s2s.sdk.S2sClient} is where to begin.
 * Messages and services are in {@code io.s2s.sdk.v1}.
 */
package io.s2s.sdk;
