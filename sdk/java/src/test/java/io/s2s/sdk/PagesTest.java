package io.s2s.sdk;

import static io.s2s.sdk.FakeServer.failure;
import static io.s2s.sdk.FakeServer.info;
import static io.s2s.sdk.FakeServer.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status.Code;
import io.s2s.sdk.v1.Conversion;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PagesTest {
  private static Pages<Conversion> conversions(S2sClient client) {
    return client.conversions().list(p -> p.clickId("c-"));
  }

  @Test
  void allPagesAreWalkedAndOnlyWhenAsked() throws Exception {
    try (var server = new FakeServer(FakeServer.OK, unavailable());
        var client = server.client().build()) {
      Iterator<Conversion> conversions = conversions(client).iterator();
      assertEquals(List.of(), server.pageTokens);
      for (String id : List.of("a", "b")) {
        assertEquals(id, conversions.next().getId());
        assertEquals(List.of("c-"), server.pageTokens);
      }
      assertEquals("c", conversions.next().getId());
      assertEquals(List.of("c-", "c-second", "c-second", "c-third"), server.pageTokens);
      assertFalse(conversions.hasNext());
      assertThrows(NoSuchElementException.class, conversions::next);
    }
  }

  @Test
  void streamsAreTheSame() throws Exception {
    try (var server = new FakeServer();
        var client = server.client().build()) {
      Pages<Conversion> pages = conversions(client);
      assertEquals(List.of(), server.pageTokens);
      assertEquals("a", pages.stream().findFirst().orElseThrow().getId());
      assertEquals(List.of("c-"), server.pageTokens);
      assertEquals(List.of("a", "b", "c"), pages.stream().map(Conversion::getId).toList());
    }
  }

  @Test
  void aPageThatCantBeHadIsAnError() throws Exception {
    var invalid = failure(Code.INVALID_ARGUMENT, "", info("PAGE_TOKEN_INVALID", "s2s.v1"));
    try (var server = new FakeServer(FakeServer.OK, invalid);
        var client = server.client().build()) {
      Iterator<Conversion> conversions = conversions(client).iterator();
      conversions.next();
      conversions.next();
      S2sException error = assertThrows(S2sException.class, conversions::hasNext);
      assertEquals(Reason.PAGE_TOKEN_INVALID, error.reason());
    }
  }
}
