// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.Account;
import io.s2s.sdk.v1.AccountServiceGrpc;
import io.s2s.sdk.v1.CreateAccountRequest;
import io.s2s.sdk.v1.CreateAccountResponse;
import io.s2s.sdk.v1.GetAccountRequest;
import io.s2s.sdk.v1.GetAccountResponse;
import io.s2s.sdk.v1.ListAccountsRequest;
import io.s2s.sdk.v1.ListAccountsResponse;
import io.s2s.sdk.v1.UpdateAccountRequest;
import io.s2s.sdk.v1.UpdateAccountResponse;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Manages the accounts of an installation. The resources of one account do not exist for another.
 */
public final class Accounts {
  private final Calls calls;

  Accounts(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Accounts withTimeout(Duration timeout) {
    return new Accounts(calls.withTimeout(timeout));
  }

  /**
   * Creates an account. Needs the scope {@code admin}.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreateAccountResponse create(Consumer<CreateParams> params) {
    CreateParams made = new CreateParams();
    params.accept(made);
    return create(made);
  }

  /**
   * Creates an account. Needs the scope {@code admin}.
   *
   * @throws S2sException if the call fails
   */
  public CreateAccountResponse create(CreateParams params) {
    return calls.unary(AccountServiceGrpc.getCreateAccountMethod(), params.toRequest());
  }

  /**
   * Returns one account. Any key may read its own account; any other account needs the scope {@code
   * admin}.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetAccountResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one account. Any key may read its own account; any other account needs the scope {@code
   * admin}.
   *
   * @throws S2sException if the call fails
   */
  public GetAccountResponse get(GetParams params) {
    return calls.unary(AccountServiceGrpc.getGetAccountMethod(), params.toRequest());
  }

  /**
   * Returns one account. Any key may read its own account; any other account needs the scope {@code
   * admin}.
   *
   * @throws S2sException if the call fails
   */
  public GetAccountResponse get() {
    return get(new GetParams());
  }

  /**
   * Lists all accounts, newest first. Needs the scope {@code admin}.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Account> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists all accounts, newest first. Needs the scope {@code admin}.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Account> list(ListParams params) {
    ListAccountsRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                AccountServiceGrpc.getListAccountsMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListAccountsResponse::getAccountsList,
        ListAccountsResponse::getNextPageToken);
  }

  /**
   * Lists all accounts, newest first. Needs the scope {@code admin}.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Account> list() {
    return list(new ListParams());
  }

  /**
   * Changes the fields that are given. Needs the scope {@code admin}.
   *
   * <p>A field that is given can have its default value as well.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public UpdateAccountResponse update(Consumer<UpdateParams> params) {
    UpdateParams made = new UpdateParams();
    params.accept(made);
    return update(made);
  }

  /**
   * Changes the fields that are given. Needs the scope {@code admin}.
   *
   * <p>A field that is given can have its default value as well.
   *
   * @throws S2sException if the call fails
   */
  public UpdateAccountResponse update(UpdateParams params) {
    return calls.unary(AccountServiceGrpc.getUpdateAccountMethod(), params.toRequest());
  }

  /** The parameters of {@code create}. */
  public static final class CreateParams {
    private final CreateAccountRequest.Builder request = CreateAccountRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreateParams() {}

    /** Name for people, 1 to 100 characters. Example: {@code Shop Ltd}. Required. */
    public CreateParams name(String name) {
      account().setName(name);
      return this;
    }

    /**
     * Makes the call safe to repeat: the same request with the same request id returns the account
     * that the first call created. Another request with this id is refused. 1 to 64 bytes. Example:
     * a UUID.
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

    private Account.Builder account() {
      return request.getAccountBuilder();
    }

    CreateAccountRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetAccountRequest.Builder request = GetAccountRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the account, {@code acct_…}. Empty: the account of the calling key. */
    public GetParams accountId(String accountId) {
      request.setAccountId(accountId);
      return this;
    }

    GetAccountRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListAccountsRequest.Builder request = ListAccountsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of accounts to return, 1 to 1,000. 0 means 50; larger values are read as
     * 1,000. A page has at most 3 MiB, so it may have fewer.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    ListAccountsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code update}. */
  public static final class UpdateParams {
    private final UpdateAccountRequest.Builder request = UpdateAccountRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public UpdateParams() {}

    /**
     * Id of the account: {@code acct_} and 26 characters. The installation's own account exists
     * from the start as {@code acct_00000000000000000000000004}. Required.
     */
    public UpdateParams id(String id) {
      account().setId(id);
      return this;
    }

    /** Name for people, 1 to 100 characters. Example: {@code Shop Ltd}. */
    public UpdateParams name(String name) {
      account().setName(name);
      Requests.addPath(request.getUpdateMaskBuilder(), "name");
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public UpdateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private Account.Builder account() {
      return request.getAccountBuilder();
    }

    UpdateAccountRequest toRequest() {
      return request.build();
    }
  }
}
