package io.s2s.sdk;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.MetadataUtils;
import io.s2s.sdk.v1.AccountServiceGrpc;
import io.s2s.sdk.v1.AccountServiceGrpc.AccountServiceBlockingStub;
import io.s2s.sdk.v1.ApiKeyServiceGrpc;
import io.s2s.sdk.v1.ApiKeyServiceGrpc.ApiKeyServiceBlockingStub;
import io.s2s.sdk.v1.ClickServiceGrpc;
import io.s2s.sdk.v1.ClickServiceGrpc.ClickServiceBlockingStub;
import io.s2s.sdk.v1.ConversionCodeServiceGrpc;
import io.s2s.sdk.v1.ConversionCodeServiceGrpc.ConversionCodeServiceBlockingStub;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.ConversionServiceGrpc.ConversionServiceBlockingStub;
import io.s2s.sdk.v1.PostbackServiceGrpc;
import io.s2s.sdk.v1.PostbackServiceGrpc.PostbackServiceBlockingStub;
import io.s2s.sdk.v1.PresetServiceGrpc;
import io.s2s.sdk.v1.PresetServiceGrpc.PresetServiceBlockingStub;
import io.s2s.sdk.v1.TrackingLinkServiceGrpc;
import io.s2s.sdk.v1.TrackingLinkServiceGrpc.TrackingLinkServiceBlockingStub;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client of one server. It has one connection, opened at the first call and reopened after it
 * breaks. Any number of threads can share it.
 *
 * <p>Every call is retried after a transient failure (the server can't be reached, is stopping or
 * overloaded), with growing pauses and within its deadline. Retries never count anything twice: a
 * request that needs a request id and has none gets a random one before the first attempt. To
 * repeat a call yourself after an error, give the call a request id of your own.
 *
 * <p>The stubs are grpc-java's, but throw {@link S2sException}. Set the deadline of a single call
 * with {@code withDeadlineAfter}; cancel a call by interrupting its thread or with {@link
 * io.grpc.Context}. A cancelled call may or may not have taken effect.
 */
public final class S2sClient implements AutoCloseable {
  private final ManagedChannel connection;
  private final Channel channel;
  private final Channel blocking;

  private S2sClient(Builder builder) {
    connection = builder.connect();
    channel =
        ClientInterceptors.intercept(
            connection,
            MetadataUtils.newAttachHeadersInterceptor(builder.headers),
            new RetryInterceptor(connection, builder.timeout, builder.retries));
    blocking = ClientInterceptors.intercept(channel, new ThrowingInterceptor());
  }

  /**
   * Returns a builder for a client of the server at an endpoint: scheme, host and port, such as
   * {@code https://t.example}, or {@code http://127.0.0.1:8080} within one machine.
   *
   * @throws IllegalArgumentException if the endpoint has another form
   */
  public static Builder builder(String endpoint) {
    return new Builder(endpoint);
  }

  /** Returns the stub for accounts. */
  public AccountServiceBlockingStub accounts() {
    return AccountServiceGrpc.newBlockingStub(blocking);
  }

  /** Returns the stub for API keys. */
  public ApiKeyServiceBlockingStub apiKeys() {
    return ApiKeyServiceGrpc.newBlockingStub(blocking);
  }

  /** Returns the stub for conversion codes. */
  public ConversionCodeServiceBlockingStub conversionCodes() {
    return ConversionCodeServiceGrpc.newBlockingStub(blocking);
  }

  /** Returns the stub for tracking links. */
  public TrackingLinkServiceBlockingStub trackingLinks() {
    return TrackingLinkServiceGrpc.newBlockingStub(blocking);
  }

  /** Returns the stub for clicks. */
  public ClickServiceBlockingStub clicks() {
    return ClickServiceGrpc.newBlockingStub(blocking);
  }

  /** Returns the stub for conversions. */
  public ConversionServiceBlockingStub conversions() {
    return ConversionServiceGrpc.newBlockingStub(blocking);
  }

  /** Returns the stub for postbacks. */
  public PostbackServiceBlockingStub postbacks() {
    return PostbackServiceGrpc.newBlockingStub(blocking);
  }

  /** Returns the stub for presets. */
  public PresetServiceBlockingStub presets() {
    return PresetServiceGrpc.newBlockingStub(blocking);
  }

  /**
   * Returns the channel for stubs of other kinds, such as {@code
   * ConversionServiceGrpc.newFutureStub(client.channel())} and, for streams, {@code newStub}. API
   * key, deadline, request ids and retries are the same; {@link S2sException#from(Throwable)} reads
   * the error of a call. Streams have no deadline and are not retried.
   */
  public Channel channel() {
    return channel;
  }

  /** Closes the connection once the calls in progress have ended. Later calls fail. */
  @Override
  public void close() {
    connection.shutdown();
  }

  /** The settings of a client. */
  public static final class Builder {
    private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(10);
    private static final int RETRIES_DEFAULT = 4;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Time without traffic after which the connection is pinged, with or without calls, so that no
     * call loses its time on a connection that a firewall dropped.
     */
    private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(30);

    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(10);

    /** Maximum size of a response. A page of 1,000 items exceeds grpc-java's default of 4 MiB. */
    private static final int RESPONSE_BYTES_MAX = 64 * 1024 * 1024;

    /** Maximum size of metadata. An error with many fields exceeds grpc-java's default of 8 KiB. */
    private static final int METADATA_BYTES_MAX = 64 * 1024;

    private static final Pattern ENDPOINT =
        Pattern.compile(
            "(https?)://([a-z0-9.-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?/?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern API_KEY = Pattern.compile("[!-~]+");
    private static final Metadata.Key<String> AUTHORIZATION =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final String host;
    private final int port;
    private final boolean secure;
    private final Metadata headers = new Metadata();
    private final TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    private boolean tlsSettings;
    private Duration timeout = TIMEOUT_DEFAULT;
    private int retries = RETRIES_DEFAULT;

    private Builder(String endpoint) {
      Matcher matcher = ENDPOINT.matcher(endpoint);
      if (!matcher.matches()) {
        throw endpointInvalid();
      }
      secure = matcher.group(1).equalsIgnoreCase("https");
      host = matcher.group(2);
      int defaultPort = secure ? 443 : 80;
      port = matcher.group(3) == null ? defaultPort : Integer.parseInt(matcher.group(3));
      if (port < 1 || port > 65535) {
        throw endpointInvalid();
      }
    }

    private static IllegalArgumentException endpointInvalid() {
      return new IllegalArgumentException(
          "the endpoint must have the form https://host:port, without a path");
    }

    /**
     * Sets the API key, which is sent with every call. Default: none.
     *
     * @throws IllegalArgumentException if it is empty or has characters that no key contains
     */
    public Builder apiKey(String apiKey) {
      if (!API_KEY.matcher(apiKey).matches()) {
        throw new IllegalArgumentException(
            "the API key is empty, or has blanks or characters that no key contains");
      }
      headers.discardAll(AUTHORIZATION);
      headers.put(AUTHORIZATION, "Bearer " + apiKey);
      return this;
    }

    /**
     * Sets the certificates, in PEM, of the authorities trusted to sign the server's certificate,
     * in place of those that Java trusts. For {@code https} endpoints only.
     *
     * @throws IllegalArgumentException if they can't be used
     */
    public Builder caCertificate(String pem) {
      return tls(() -> tls.trustManager(stream(pem)));
    }

    /**
     * Sets the client's certificate and its private key, both in PEM (the key: PKCS #8, not
     * encrypted), for a server that requires one (mTLS). For {@code https} endpoints only.
     *
     * @throws IllegalArgumentException if they can't be used
     */
    public Builder identity(String certificatePem, String keyPem) {
      return tls(() -> tls.keyManager(stream(certificatePem), stream(keyPem)));
    }

    private interface TlsSetting {
      void set() throws IOException;
    }

    private Builder tls(TlsSetting setting) {
      try {
        setting.set();
      } catch (IOException e) {
        throw tlsInvalid(e);
      }
      tlsSettings = true;
      return this;
    }

    private static IllegalArgumentException tlsInvalid(Throwable cause) {
      return new IllegalArgumentException(
          "the certificates can't be used: they need PEM, an https endpoint, and a matching key",
          cause);
    }

    private static InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets the timeout of a call over all its attempts. Default: 10 seconds. */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /** Sets the maximum number of retries of a call. Default: 4; 0 sends every call once. */
    public Builder retries(int retries) {
      this.retries = retries;
      return this;
    }

    /**
     * Builds the client. It connects at its first call, so an unreachable server is not yet an
     * error.
     *
     * @throws IllegalArgumentException if the certificates can't be used
     */
    public S2sClient build() {
      return new S2sClient(this);
    }

    private ManagedChannel connect() {
      if (tlsSettings && !secure) {
        throw tlsInvalid(null);
      }
      ChannelCredentials credentials = secure ? tls.build() : InsecureChannelCredentials.create();
      return NettyChannelBuilder.forAddress(host, port, credentials)
          .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
          .keepAliveTime(KEEP_ALIVE_INTERVAL.toSeconds(), TimeUnit.SECONDS)
          .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
          .keepAliveWithoutCalls(true)
          .maxInboundMessageSize(RESPONSE_BYTES_MAX)
          .maxInboundMetadataSize(METADATA_BYTES_MAX)
          .disableRetry()
          .build();
    }
  }
}
