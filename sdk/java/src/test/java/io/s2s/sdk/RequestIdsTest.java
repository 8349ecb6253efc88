package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import io.s2s.sdk.v1.BatchRecordConversionsRequest;
import io.s2s.sdk.v1.CreateAccountRequest;
import io.s2s.sdk.v1.GetAccountRequest;
import io.s2s.sdk.v1.RecordClickRequest;
import org.junit.jupiter.api.Test;

class RequestIdsTest {
  @Test
  void theyAreFilledInOnce() {
    String one = RequestIds.fill(CreateAccountRequest.getDefaultInstance()).getRequestId();
    String other = RequestIds.fill(CreateAccountRequest.getDefaultInstance()).getRequestId();
    assertTrue(one.matches("[0-9a-f]{32}"), one);
    assertNotEquals(one, other);
    var own = CreateAccountRequest.newBuilder().setRequestId("mine").build();
    assertSame(own, RequestIds.fill(own));
  }

  @Test
  void requestsThatHaveNoneStayAsTheyAre() {
    var request = GetAccountRequest.newBuilder().setAccountId("x").build();
    assertSame(request, RequestIds.fill(request));
  }

  @Test
  void eachItemOfABatchGetsOne() {
    var batch = BatchRecordConversionsRequest.newBuilder();
    batch.addRequestsBuilder().setRequestId("mine");
    batch.addRequestsBuilder();
    var filled = RequestIds.fill(batch.build());
    assertEquals("mine", filled.getRequests(0).getRequestId());
    assertEquals(32, filled.getRequests(1).getRequestId().length());
  }

  @Test
  void clicksGetWhatMakesTheirId() {
    var filled = RequestIds.fill(RecordClickRequest.getDefaultInstance());
    assertEquals(32, filled.getRequestId().length());
    assertTrue(filled.hasClickTime());

    var time = Timestamp.newBuilder().setSeconds(1).setNanos(2).build();
    var timed = RequestIds.fill(RecordClickRequest.newBuilder().setClickTime(time).build());
    assertEquals(32, timed.getRequestId().length());
    assertEquals(time, timed.getClickTime());

    var minted = RecordClickRequest.newBuilder().setClickId("mine").build();
    assertSame(minted, RequestIds.fill(minted));
    var own = RecordClickRequest.newBuilder().setRequestId("mine").build();
    assertSame(own, RequestIds.fill(own));
  }
}
