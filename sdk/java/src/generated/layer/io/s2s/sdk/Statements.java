// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.AddStatementRowsRequest;
import io.s2s.sdk.v1.AddStatementRowsResponse;
import io.s2s.sdk.v1.CompareStatementRequest;
import io.s2s.sdk.v1.CompareStatementResponse;
import io.s2s.sdk.v1.CreateStatementRequest;
import io.s2s.sdk.v1.CreateStatementResponse;
import io.s2s.sdk.v1.DeleteStatementRequest;
import io.s2s.sdk.v1.DeleteStatementResponse;
import io.s2s.sdk.v1.GetStatementRequest;
import io.s2s.sdk.v1.GetStatementResponse;
import io.s2s.sdk.v1.ListStatementRowsRequest;
import io.s2s.sdk.v1.ListStatementRowsResponse;
import io.s2s.sdk.v1.ListStatementsRequest;
import io.s2s.sdk.v1.ListStatementsResponse;
import io.s2s.sdk.v1.NewStatementRow;
import io.s2s.sdk.v1.ResolveStatementRowsRequest;
import io.s2s.sdk.v1.ResolveStatementRowsResponse;
import io.s2s.sdk.v1.Statement;
import io.s2s.sdk.v1.StatementAction;
import io.s2s.sdk.v1.StatementResult;
import io.s2s.sdk.v1.StatementRow;
import io.s2s.sdk.v1.StatementServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Compares the statements of networks with our conversions, row by row. */
public final class Statements {
  private final Calls calls;

  Statements(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Statements withTimeout(Duration timeout) {
    return new Statements(calls.withTimeout(timeout));
  }

  /**
   * Creates a statement. The same file, code, period and time zone again return the statement that
   * is there.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreateStatementResponse create(Consumer<CreateParams> params) {
    CreateParams made = new CreateParams();
    params.accept(made);
    return create(made);
  }

  /**
   * Creates a statement. The same file, code, period and time zone again return the statement that
   * is there.
   *
   * @throws S2sException if the call fails
   */
  public CreateStatementResponse create(CreateParams params) {
    return calls.unary(StatementServiceGrpc.getCreateStatementMethod(), params.toRequest());
  }

  /**
   * Adds rows of the network to an open statement, and compares them with our conversions. Rows
   * that were added before are not added again.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public AddStatementRowsResponse addStatementRows(Consumer<AddStatementRowsParams> params) {
    AddStatementRowsParams made = new AddStatementRowsParams();
    params.accept(made);
    return addStatementRows(made);
  }

  /**
   * Adds rows of the network to an open statement, and compares them with our conversions. Rows
   * that were added before are not added again.
   *
   * @throws S2sException if the call fails
   */
  public AddStatementRowsResponse addStatementRows(AddStatementRowsParams params) {
    return calls.unary(StatementServiceGrpc.getAddStatementRowsMethod(), params.toRequest());
  }

  /**
   * Ends the adding of rows, and adds our conversions that the network does not state. Each call
   * compares some of them; call again until the statement is complete.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CompareStatementResponse compare(Consumer<CompareParams> params) {
    CompareParams made = new CompareParams();
    params.accept(made);
    return compare(made);
  }

  /**
   * Ends the adding of rows, and adds our conversions that the network does not state. Each call
   * compares some of them; call again until the statement is complete.
   *
   * @throws S2sException if the call fails
   */
  public CompareStatementResponse compare(CompareParams params) {
    return calls.unary(StatementServiceGrpc.getCompareStatementMethod(), params.toRequest());
  }

  /**
   * Ends the adding of rows, and adds our conversions that the network does not state. Each call
   * compares some of them; call again until the statement is complete.
   *
   * @param statementId Id of the statement, {@code statement_…}.
   * @throws S2sException if the call fails
   */
  public CompareStatementResponse compare(String statementId) {
    return compare(new CompareParams().statementId(statementId));
  }

  /**
   * Returns one statement with its totals.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetStatementResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one statement with its totals.
   *
   * @throws S2sException if the call fails
   */
  public GetStatementResponse get(GetParams params) {
    return calls.unary(StatementServiceGrpc.getGetStatementMethod(), params.toRequest());
  }

  /**
   * Returns one statement with its totals.
   *
   * @param statementId Id of the statement, {@code statement_…}.
   * @throws S2sException if the call fails
   */
  public GetStatementResponse get(String statementId) {
    return get(new GetParams().statementId(statementId));
  }

  /**
   * Lists statements, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Statement> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists statements, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Statement> list(ListParams params) {
    ListStatementsRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                StatementServiceGrpc.getListStatementsMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListStatementsResponse::getStatementsList,
        ListStatementsResponse::getNextPageToken);
  }

  /**
   * Lists statements, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Statement> list() {
    return list(new ListParams());
  }

  /**
   * Lists the rows of a statement, in their order.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<StatementRow> listStatementRows(Consumer<ListStatementRowsParams> params) {
    ListStatementRowsParams made = new ListStatementRowsParams();
    params.accept(made);
    return listStatementRows(made);
  }

  /**
   * Lists the rows of a statement, in their order.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<StatementRow> listStatementRows(ListStatementRowsParams params) {
    ListStatementRowsRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                StatementServiceGrpc.getListStatementRowsMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListStatementRowsResponse::getRowsList,
        ListStatementRowsResponse::getNextPageToken);
  }

  /**
   * Lists the rows of a statement, in their order.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param statementId Id of the statement, {@code statement_…}.
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<StatementRow> listStatementRows(String statementId) {
    return listStatementRows(new ListStatementRowsParams().statementId(statementId));
  }

  /**
   * Does something about rows, one after the other, and compares each again. The same action again
   * changes nothing twice.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public ResolveStatementRowsResponse resolveStatementRows(
      Consumer<ResolveStatementRowsParams> params) {
    ResolveStatementRowsParams made = new ResolveStatementRowsParams();
    params.accept(made);
    return resolveStatementRows(made);
  }

  /**
   * Does something about rows, one after the other, and compares each again. The same action again
   * changes nothing twice.
   *
   * @throws S2sException if the call fails
   */
  public ResolveStatementRowsResponse resolveStatementRows(ResolveStatementRowsParams params) {
    return calls.unary(StatementServiceGrpc.getResolveStatementRowsMethod(), params.toRequest());
  }

  /**
   * Deletes a statement with its rows, but no conversion and no adjustment. Then the file can be
   * compared anew.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public DeleteStatementResponse delete(Consumer<DeleteParams> params) {
    DeleteParams made = new DeleteParams();
    params.accept(made);
    return delete(made);
  }

  /**
   * Deletes a statement with its rows, but no conversion and no adjustment. Then the file can be
   * compared anew.
   *
   * @throws S2sException if the call fails
   */
  public DeleteStatementResponse delete(DeleteParams params) {
    return calls.unary(StatementServiceGrpc.getDeleteStatementMethod(), params.toRequest());
  }

  /**
   * Deletes a statement with its rows, but no conversion and no adjustment. Then the file can be
   * compared anew.
   *
   * @param statementId Id of the statement, {@code statement_…}.
   * @throws S2sException if the call fails
   */
  public DeleteStatementResponse delete(String statementId) {
    return delete(new DeleteParams().statementId(statementId));
  }

  /** The parameters of {@code create}. */
  public static final class CreateParams {
    private final CreateStatementRequest.Builder request = CreateStatementRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreateParams() {}

    /** Conversion code for which the network's sales count. Required. */
    public CreateParams conversionCodeId(String conversionCodeId) {
      statement().setConversionCodeId(conversionCodeId);
      return this;
    }

    /** Name for people, such as that of the file, 1 to 100 characters. Required. */
    public CreateParams name(String name) {
      statement().setName(name);
      return this;
    }

    /**
     * SHA-256 of the file, 64 hexadecimal digits: the same file for the same code, period and time
     * zone is the same statement. Required.
     */
    public CreateParams fileSha256(String fileSha256) {
      statement().setFileSha256(fileSha256);
      return this;
    }

    /**
     * Beginning of the period. The statement is compared with the conversions that were recorded
     * from then on. Required.
     */
    public CreateParams startTime(Instant startTime) {
      statement().setStartTime(Times.message(startTime));
      return this;
    }

    /** End of the period; exclusive. Required. */
    public CreateParams endTime(Instant endTime) {
      statement().setEndTime(Times.message(endTime));
      return this;
    }

    /**
     * Time zone of the network's times, for people, 1 to 64 bytes. Example: {@code Europe/Berlin}.
     * Required.
     */
    public CreateParams timeZone(String timeZone) {
      statement().setTimeZone(timeZone);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public CreateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private Statement.Builder statement() {
      return request.getStatementBuilder();
    }

    CreateStatementRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code addStatementRows}. */
  public static final class AddStatementRowsParams {
    private final AddStatementRowsRequest.Builder request = AddStatementRowsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public AddStatementRowsParams() {}

    /** Id of the statement, {@code statement_…}. Required. */
    public AddStatementRowsParams statementId(String statementId) {
      request.setStatementId(statementId);
      return this;
    }

    /**
     * Number of the first row: 1, or one more than were added before. Rows are numbered by their
     * place in the file. Required.
     */
    public AddStatementRowsParams firstNumber(long firstNumber) {
      request.setFirstNumber(firstNumber);
      return this;
    }

    /** 1 to 1,000 rows. A row that can't be read refuses them all. Required. */
    public AddStatementRowsParams rows(Iterable<NewStatementRow> rows) {
      request.clearRows().addAllRows(rows);
      return this;
    }

    /** 1 to 1,000 rows. A row that can't be read refuses them all. Required. */
    public AddStatementRowsParams rows(NewStatementRow... rows) {
      return rows(List.of(rows));
    }

    AddStatementRowsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code compare}. */
  public static final class CompareParams {
    private final CompareStatementRequest.Builder request = CompareStatementRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CompareParams() {}

    /** Id of the statement, {@code statement_…}. Required. */
    public CompareParams statementId(String statementId) {
      request.setStatementId(statementId);
      return this;
    }

    CompareStatementRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetStatementRequest.Builder request = GetStatementRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the statement, {@code statement_…}. Required. */
    public GetParams statementId(String statementId) {
      request.setStatementId(statementId);
      return this;
    }

    GetStatementRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListStatementsRequest.Builder request = ListStatementsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of statements to return, 1 to 1,000. 0 means 50; larger values are read as
     * 1,000. A page has at most 3 MiB, so it may have fewer.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    ListStatementsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code listStatementRows}. */
  public static final class ListStatementRowsParams {
    private final ListStatementRowsRequest.Builder request = ListStatementRowsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListStatementRowsParams() {}

    /** Id of the statement, {@code statement_…}. Required. */
    public ListStatementRowsParams statementId(String statementId) {
      request.setStatementId(statementId);
      return this;
    }

    /**
     * Maximum number of rows to return, 1 to 1,000. 0 means 50; larger values are read as 1,000. A
     * page has at most 3 MiB, so it may have fewer.
     */
    public ListStatementRowsParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /** Only rows with this result. */
    public ListStatementRowsParams result(StatementResult result) {
      request.setResult(result);
      return this;
    }

    /** Only differences about which nothing was done. */
    public ListStatementRowsParams open(boolean open) {
      request.setOpen(open);
      return this;
    }

    ListStatementRowsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code resolveStatementRows}. */
  public static final class ResolveStatementRowsParams {
    private final ResolveStatementRowsRequest.Builder request =
        ResolveStatementRowsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ResolveStatementRowsParams() {}

    /** Id of the statement, {@code statement_…}. Required. */
    public ResolveStatementRowsParams statementId(String statementId) {
      request.setStatementId(statementId);
      return this;
    }

    /** Numbers of 1 to 100 rows. Required. */
    public ResolveStatementRowsParams numbers(Iterable<Long> numbers) {
      request.clearNumbers().addAllNumbers(numbers);
      return this;
    }

    /** Numbers of 1 to 100 rows. Required. */
    public ResolveStatementRowsParams numbers(Long... numbers) {
      return numbers(List.of(numbers));
    }

    /** What to do. Required. */
    public ResolveStatementRowsParams action(StatementAction action) {
      request.setAction(action);
      return this;
    }

    /**
     * Note for people, at most 1,000 bytes; mandatory if the action is {@code
     * STATEMENT_ACTION_NOTE}. An adjustment gets it as its remark, of which it keeps 500 bytes.
     */
    public ResolveStatementRowsParams note(String note) {
      request.setNote(note);
      return this;
    }

    /**
     * If true, each row is checked and answered, but nothing is written: the rows are returned as
     * they are now.
     */
    public ResolveStatementRowsParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    ResolveStatementRowsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code delete}. */
  public static final class DeleteParams {
    private final DeleteStatementRequest.Builder request = DeleteStatementRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public DeleteParams() {}

    /** Id of the statement, {@code statement_…}. Required. */
    public DeleteParams statementId(String statementId) {
      request.setStatementId(statementId);
      return this;
    }

    /** If true, the request is checked, but nothing is deleted. */
    public DeleteParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    DeleteStatementRequest toRequest() {
      return request.build();
    }
  }
}
