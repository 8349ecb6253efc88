// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.ApiKey;
import io.s2s.sdk.v1.ApiKeyScope;
import io.s2s.sdk.v1.ApiKeyServiceGrpc;
import io.s2s.sdk.v1.CreateApiKeyRequest;
import io.s2s.sdk.v1.CreateApiKeyResponse;
import io.s2s.sdk.v1.GetApiKeyRequest;
import io.s2s.sdk.v1.GetApiKeyResponse;
import io.s2s.sdk.v1.ListApiKeysRequest;
import io.s2s.sdk.v1.ListApiKeysResponse;
import io.s2s.sdk.v1.RevokeApiKeyRequest;
import io.s2s.sdk.v1.RevokeApiKeyResponse;
import io.s2s.sdk.v1.RotateApiKeyRequest;
import io.s2s.sdk.v1.RotateApiKeyResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Manages API keys. A caller sends the text of its key with every call, as {@code authorization:
 * Bearer} and the text. A key acts for one account and may do only what its scopes allow.
 *
 * <p>A key with the scope {@code admin} manages the keys of all accounts. Any other key manages
 * only keys of its own account, and only those whose scopes it has itself, so that no caller can
 * gain more access than it was given.
 */
public final class ApiKeys {
  private final Calls calls;

  ApiKeys(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public ApiKeys withTimeout(Duration timeout) {
    return new ApiKeys(calls.withTimeout(timeout));
  }

  /**
   * Creates an API key and returns its text. The text is not stored and can't be retrieved again.
   * Needs the scope {@code write} or {@code admin}.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreateApiKeyResponse create(Consumer<CreateParams> params) {
    CreateParams made = new CreateParams();
    params.accept(made);
    return create(made);
  }

  /**
   * Creates an API key and returns its text. The text is not stored and can't be retrieved again.
   * Needs the scope {@code write} or {@code admin}.
   *
   * @throws S2sException if the call fails
   */
  public CreateApiKeyResponse create(CreateParams params) {
    return calls.unary(ApiKeyServiceGrpc.getCreateApiKeyMethod(), params.toRequest());
  }

  /**
   * Returns one API key, without its text. Needs the scope {@code read} or {@code admin}.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetApiKeyResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one API key, without its text. Needs the scope {@code read} or {@code admin}.
   *
   * @throws S2sException if the call fails
   */
  public GetApiKeyResponse get(GetParams params) {
    return calls.unary(ApiKeyServiceGrpc.getGetApiKeyMethod(), params.toRequest());
  }

  /**
   * Returns one API key, without its text. Needs the scope {@code read} or {@code admin}.
   *
   * @param apiKeyId Id of the key, {@code key_…}.
   * @throws S2sException if the call fails
   */
  public GetApiKeyResponse get(String apiKeyId) {
    return get(new GetParams().apiKeyId(apiKeyId));
  }

  /**
   * Lists an account's API keys, newest first. Needs the scope {@code read} or {@code admin}.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<ApiKey> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists an account's API keys, newest first. Needs the scope {@code read} or {@code admin}.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<ApiKey> list(ListParams params) {
    ListApiKeysRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                ApiKeyServiceGrpc.getListApiKeysMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListApiKeysResponse::getApiKeysList,
        ListApiKeysResponse::getNextPageToken);
  }

  /**
   * Lists an account's API keys, newest first. Needs the scope {@code read} or {@code admin}.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<ApiKey> list() {
    return list(new ListParams());
  }

  /**
   * Gives an API key a new text. The former texts stay valid for an overlap, so that callers can be
   * changed one by one. If the answer is lost, rotate again with the same overlap: every former
   * text then stays valid for as long as the lost answer promised. Needs the scope {@code write} or
   * {@code admin}.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public RotateApiKeyResponse rotate(Consumer<RotateParams> params) {
    RotateParams made = new RotateParams();
    params.accept(made);
    return rotate(made);
  }

  /**
   * Gives an API key a new text. The former texts stay valid for an overlap, so that callers can be
   * changed one by one. If the answer is lost, rotate again with the same overlap: every former
   * text then stays valid for as long as the lost answer promised. Needs the scope {@code write} or
   * {@code admin}.
   *
   * @throws S2sException if the call fails
   */
  public RotateApiKeyResponse rotate(RotateParams params) {
    return calls.unary(ApiKeyServiceGrpc.getRotateApiKeyMethod(), params.toRequest());
  }

  /**
   * Gives an API key a new text. The former texts stay valid for an overlap, so that callers can be
   * changed one by one. If the answer is lost, rotate again with the same overlap: every former
   * text then stays valid for as long as the lost answer promised. Needs the scope {@code write} or
   * {@code admin}.
   *
   * @param apiKeyId Id of the key, {@code key_…}. A revoked or expired key can't be rotated.
   * @throws S2sException if the call fails
   */
  public RotateApiKeyResponse rotate(String apiKeyId) {
    return rotate(new RotateParams().apiKeyId(apiKeyId));
  }

  /**
   * Revokes an API key permanently, within a second on every server. Revoking a revoked key changes
   * nothing. Needs the scope {@code write} or {@code admin}.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public RevokeApiKeyResponse revoke(Consumer<RevokeParams> params) {
    RevokeParams made = new RevokeParams();
    params.accept(made);
    return revoke(made);
  }

  /**
   * Revokes an API key permanently, within a second on every server. Revoking a revoked key changes
   * nothing. Needs the scope {@code write} or {@code admin}.
   *
   * @throws S2sException if the call fails
   */
  public RevokeApiKeyResponse revoke(RevokeParams params) {
    return calls.unary(ApiKeyServiceGrpc.getRevokeApiKeyMethod(), params.toRequest());
  }

  /**
   * Revokes an API key permanently, within a second on every server. Revoking a revoked key changes
   * nothing. Needs the scope {@code write} or {@code admin}.
   *
   * @param apiKeyId Id of the key, {@code key_…}.
   * @throws S2sException if the call fails
   */
  public RevokeApiKeyResponse revoke(String apiKeyId) {
    return revoke(new RevokeParams().apiKeyId(apiKeyId));
  }

  /** The parameters of {@code create}. */
  public static final class CreateParams {
    private final CreateApiKeyRequest.Builder request = CreateApiKeyRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreateParams() {}

    /**
     * Id of the account that the key acts for, {@code acct_…}. Default: the caller's. Only a key
     * with the scope {@code admin} may name another account.
     */
    public CreateParams accountId(String accountId) {
      apiKey().setAccountId(accountId);
      return this;
    }

    /** Name for people, 1 to 100 characters. Example: {@code web shop}. Required. */
    public CreateParams name(String name) {
      apiKey().setName(name);
      return this;
    }

    /**
     * Scopes of the key: at least one, none twice. {@code API_KEY_SCOPE_EDGE} and {@code
     * API_KEY_SCOPE_PARTNER} can't be combined with other scopes. {@code API_KEY_SCOPE_EDGE} and
     * {@code API_KEY_SCOPE_ADMIN} are for keys of the installation's own account, and only a key
     * with the scope {@code admin} may grant them. Required.
     */
    public CreateParams scopes(Iterable<ApiKeyScope> scopes) {
      apiKey().clearScopes().addAllScopes(scopes);
      return this;
    }

    /**
     * Scopes of the key: at least one, none twice. {@code API_KEY_SCOPE_EDGE} and {@code
     * API_KEY_SCOPE_PARTNER} can't be combined with other scopes. {@code API_KEY_SCOPE_EDGE} and
     * {@code API_KEY_SCOPE_ADMIN} are for keys of the installation's own account, and only a key
     * with the scope {@code admin} may grant them. Required.
     */
    public CreateParams scopes(ApiKeyScope... scopes) {
      return scopes(List.of(scopes));
    }

    /** Time at which the key expires; must be in the future. Not set: never. */
    public CreateParams expireTime(Instant expireTime) {
      apiKey().setExpireTime(Times.message(expireTime));
      return this;
    }

    /**
     * Id of the partner that the key belongs to, {@code partner_…}. Mandatory for a key with the
     * scope {@code partner}; otherwise it must be empty.
     */
    public CreateParams partnerId(String partnerId) {
      apiKey().setPartnerId(partnerId);
      return this;
    }

    /**
     * Makes the call safe to repeat: the same request with the same request id returns the key that
     * the first call created, but not its text. Another request with this id is refused. 1 to 64
     * bytes. Example: a UUID.
     */
    public CreateParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public CreateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private ApiKey.Builder apiKey() {
      return request.getApiKeyBuilder();
    }

    CreateApiKeyRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetApiKeyRequest.Builder request = GetApiKeyRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the key, {@code key_…}. Required. */
    public GetParams apiKeyId(String apiKeyId) {
      request.setApiKeyId(apiKeyId);
      return this;
    }

    GetApiKeyRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListApiKeysRequest.Builder request = ListApiKeysRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of keys to return, 1 to 1,000. 0 means 50; larger values are read as 1,000. A
     * page has at most 3 MiB, so it may have fewer.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /** Id of the account whose keys are listed, {@code acct_…}. Empty: the caller's. */
    public ListParams accountId(String accountId) {
      request.setAccountId(accountId);
      return this;
    }

    /** If true, revoked keys are listed as well. */
    public ListParams showRevoked(boolean showRevoked) {
      request.setShowRevoked(showRevoked);
      return this;
    }

    ListApiKeysRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code rotate}. */
  public static final class RotateParams {
    private final RotateApiKeyRequest.Builder request = RotateApiKeyRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public RotateParams() {}

    /** Id of the key, {@code key_…}. A revoked or expired key can't be rotated. Required. */
    public RotateParams apiKeyId(String apiKeyId) {
      request.setApiKeyId(apiKeyId);
      return this;
    }

    /**
     * Time for which the former texts stay valid: 0 to 30 days, whole seconds. A text that ends
     * sooner is not prolonged. Not set: 24 hours.
     */
    public RotateParams overlap(Duration overlap) {
      request.setOverlap(Times.message(overlap));
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public RotateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    RotateApiKeyRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code revoke}. */
  public static final class RevokeParams {
    private final RevokeApiKeyRequest.Builder request = RevokeApiKeyRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public RevokeParams() {}

    /** Id of the key, {@code key_…}. Required. */
    public RevokeParams apiKeyId(String apiKeyId) {
      request.setApiKeyId(apiKeyId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public RevokeParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    RevokeApiKeyRequest toRequest() {
      return request.build();
    }
  }
}
