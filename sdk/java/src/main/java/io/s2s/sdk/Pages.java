package io.s2s.sdk;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The items of all pages of a list, for a {@code for} loop. Each page is fetched when it is
 * reached, with a call of its own, beginning at the request's {@code page_token}.
 *
 * <pre>{@code
 * for (Conversion conversion :
 *     Pages.of(
 *         client.conversions()::listConversions,
 *         ListConversionsRequest.getDefaultInstance(),
 *         ListConversionsResponse::getConversionsList)) { … }
 * }</pre>
 *
 * @param <T> the type of an item
 */
public final class Pages<T> implements Iterable<T> {
  private final Function<String, Page<T>> fetch;
  private final String first;

  private record Page<T>(List<T> items, String next) {}

  private Pages(Function<String, Page<T>> fetch, String first) {
    this.fetch = fetch;
    this.first = first;
  }

  /**
   * Returns all items of a list.
   *
   * @param call the method of a stub that fetches one page
   * @param request the request, with filters and page size
   * @param items the method that returns the items of one response
   * @throws IllegalArgumentException if the call has no pages
   */
  public static <Q extends Message, R extends Message, T> Pages<T> of(
      Function<Q, R> call, Q request, Function<R, List<T>> items) {
    FieldDescriptor pageToken = request.getDescriptorForType().findFieldByName("page_token");
    if (pageToken == null) {
      throw new IllegalArgumentException(
          request.getDescriptorForType().getName() + " has no page token");
    }
    Function<String, Page<T>> fetch =
        token -> {
          @SuppressWarnings("unchecked") // A message's builder builds the same message.
          Q page = (Q) request.toBuilder().setField(pageToken, token).build();
          R response = call.apply(page);
          FieldDescriptor next = response.getDescriptorForType().findFieldByName("next_page_token");
          return new Page<>(items.apply(response), (String) response.getField(next));
        };
    return new Pages<>(fetch, (String) request.getField(pageToken));
  }

  /**
   * Iterates over the items from the first page on; throws {@link S2sException} if a page can't be
   * fetched.
   */
  @Override
  public Iterator<T> iterator() {
    return new Iterator<>() {
      private Iterator<T> items = Collections.emptyIterator();
      private String next = first;
      private boolean last;

      @Override
      public boolean hasNext() {
        while (!items.hasNext() && !last) {
          Page<T> page = fetch.apply(next);
          items = page.items.iterator();
          next = page.next;
          last = next.isEmpty();
        }
        return items.hasNext();
      }

      @Override
      public T next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return items.next();
      }
    };
  }

  /** Returns the items as a stream. */
  public Stream<T> stream() {
    return StreamSupport.stream(spliterator(), false);
  }
}
