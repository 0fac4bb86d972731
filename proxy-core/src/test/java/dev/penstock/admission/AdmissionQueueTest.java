// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.admission.Admission.Admitted;
import dev.penstock.admission.Admission.Cancelled;
import dev.penstock.admission.Admission.Reason;
import dev.penstock.admission.Admission.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AdmissionQueueTest {
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private final FakeNanoTime time = new FakeNanoTime();
    private final StreamLimiter worker = limiter(LimiterScope.WORKER, 2);
    private final StreamLimiter routeA = limiter(LimiterScope.ROUTE, 10);
    private final StreamLimiter routeB = limiter(LimiterScope.ROUTE, 10);
    private final ConsumerLimiters consumers = new ConsumerLimiters(Optional.of(20), time);
    private final AdmissionQueue queue = new AdmissionQueue(worker, consumers, 20, new RetryAdvice(() -> 0), time);
    private final List<AdmissionTicket> tickets = new ArrayList<>();

    @AfterEach
    void everyPermitIsHome() {
        for (AdmissionTicket ticket : tickets) {
            if (!ticket.cancel() && ticket.await() instanceof Admitted admitted) {
                admitted.permits().close();
            }
        }
        assertThat(queue.depth()).isZero();
        assertThat(worker.inUse()).isZero();
        assertThat(routeA.inUse()).isZero();
        assertThat(routeB.inUse()).isZero();
        assertThat(consumers.size()).isZero();
    }

    @Test
    void admitsAtOnceWhileThereIsRoom() {
        Admitted admitted = admitted(enter("x", routeA));

        assertThat(admitted.waited()).isZero();
        assertThat(worker.inUse()).isEqualTo(1);
        assertThat(routeA.inUse()).isEqualTo(1);
        assertThat(consumers.inUse("x")).isEqualTo(1);
        admitted.permits().close();
        admitted.permits().close();
        assertThat(worker.available()).isEqualTo(2);
        assertThat(routeA.available()).isEqualTo(10);
    }

    @Test
    void refusesAConsumersExcessAtOnceAndHoldsNothing() {
        consumers.resize(Optional.of(1));
        enter("x", routeA);

        assertThat(refused(enter("x", routeA)).reason()).isEqualTo(Reason.CONSUMER_CAP);
        assertThat(queue.depth()).isZero();
        assertThat(consumers.inUse("x")).isEqualTo(1);
    }

    @Test
    void aWaiterCountsAgainstItsConsumersCap() {
        consumers.resize(Optional.of(3));
        for (int i = 0; i < 3; i++) {
            enter("x", routeA);
        }

        assertThat(queue.depth()).isEqualTo(1);
        assertThat(refused(enter("x", routeA)).reason()).isEqualTo(Reason.CONSUMER_CAP);
    }

    @Test
    void aReturnedPermitGoesToTheWaiterAtOnce() {
        Admitted first = admitted(enter("x", routeA));
        enter("x", routeA);
        AdmissionTicket waiter = enter("x", routeA);
        assertThat(queue.depth()).isEqualTo(1);
        time.advance(Duration.ofSeconds(1));

        first.permits().close();

        assertThat(queue.depth()).isZero();
        assertThat(worker.inUse()).isEqualTo(2);
        assertThat(admitted(waiter).waited()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aFullQueueRefusesAtOnce() {
        queue.resize(3);
        for (int i = 0; i < 5; i++) {
            enter("x", routeA);
        }
        assertThat(queue.depth()).isEqualTo(3);

        assertThat(refused(enter("x", routeA)).reason()).isEqualTo(Reason.QUEUE_FULL);
        assertThat(queue.depth()).isEqualTo(3);
        assertThat(consumers.inUse("x")).isEqualTo(5);
    }

    @Test
    void nobodyFillsTheQueueAgainstOthers() {
        queue.resize(3);
        for (int i = 0; i < 4; i++) {
            enter("x", routeA);
        }
        AdmissionTicket youngest = enter("x", routeA);

        AdmissionTicket other = enter("y", routeA);

        assertThat(refused(youngest).reason()).isEqualTo(Reason.QUEUE_FULL);
        assertThat(other.decision()).isEmpty();
        assertThat(queue.depth()).isEqualTo(3);
    }

    @Test
    void aNewcomerPushesOutNobodyWhoHasNoMoreThanItself() {
        queue.resize(2);
        for (String consumer : List.of("u", "v", "x", "y")) {
            enter(consumer, routeA);
        }

        assertThat(refused(enter("z", routeA)).reason()).isEqualTo(Reason.QUEUE_FULL);
    }

    @Test
    void withoutAQueueTheCapItselfIsTheReason() {
        queue.resize(0);
        routeA.resize(Optional.of(1));
        enter("x", routeA);

        assertThat(refused(enter("x", routeA)).reason()).isEqualTo(Reason.ROUTE_CAP);
        enter("x", routeB);
        assertThat(refused(enter("x", routeB)).reason()).isEqualTo(Reason.WORKER_CAP);
        assertThat(queue.depth()).isZero();
    }

    @Test
    void aWaiterWhoseTimeIsUpIsRefused() {
        enter("x", routeA);
        enter("x", routeA);
        AdmissionTicket waiter = enter("x", routeA);
        time.advance(Duration.ofSeconds(5));

        Refused refused = refused(waiter);

        assertThat(refused.reason()).isEqualTo(Reason.QUEUE_TIMEOUT);
        assertThat(refused.waited()).isEqualTo(Duration.ofSeconds(5));
        assertThat(queue.depth()).isZero();
        assertThat(consumers.inUse("x")).isEqualTo(2);
    }

    @Test
    void eachWaitsForAsLongAsItsOwnRouteLetsIt() {
        enter("x", routeA);
        enter("x", routeA);
        AdmissionTicket waiter = keep(queue.enter(new AdmissionRequest("x", routeA, Duration.ofMillis(1))));
        AdmissionTicket patient = enter("x", routeA);

        time.advance(Duration.ofMillis(2));

        assertThat(refused(waiter).reason()).isEqualTo(Reason.QUEUE_TIMEOUT);
        assertThat(patient.decision()).isEmpty();
    }

    @Test
    void drainingRefusesThoseWhoWaitAndThoseWhoCome() {
        Admitted running = admitted(enter("x", routeA));
        enter("x", routeA);
        AdmissionTicket waiter = enter("x", routeA);

        queue.close();

        assertThat(refused(waiter).reason()).isEqualTo(Reason.DRAINING);
        assertThat(refused(enter("y", routeB)).reason()).isEqualTo(Reason.DRAINING);
        assertThat(worker.inUse()).isEqualTo(2);
        running.permits().close();
        assertThat(worker.inUse()).isEqualTo(1);
    }

    @Test
    void aFullRouteHoldsUpNobodyElse() {
        routeA.resize(Optional.of(1));
        Admitted onA = admitted(enter("x", routeA));
        AdmissionTicket waitsForA = enter("x", routeA);

        assertThat(admitted(enter("x", routeB)).waited()).isZero();
        assertThat(waitsForA.decision()).isEmpty();
        onA.permits().close();
        admitted(waitsForA);
    }

    @Test
    void aNewcomerNeverOvertakesAWaiterThatCouldBeAdmitted() {
        routeA.resize(Optional.of(1));
        worker.resize(Optional.of(3));
        Admitted onA = admitted(enter("x", routeA));
        AdmissionTicket waiter = enter("x", routeA);
        AdmissionTicket newcomer = enter("y", routeA);

        onA.permits().close();

        admitted(waiter);
        assertThat(newcomer.decision()).isEmpty();
    }

    @Test
    void consumersTakeTurnsAndEachIsServedInOrder() {
        worker.resize(Optional.of(1));
        Admitted running = admitted(enter("w", routeA));
        List<String> names = List.of("x1", "x2", "x3", "y1", "z1", "y2", "x4");
        List<AdmissionTicket> waiting =
                names.stream().map(name -> enter(name.substring(0, 1), routeA)).toList();
        List<String> order = new ArrayList<>();

        for (int i = 0; i < names.size(); i++) {
            running.permits().close();
            AdmissionTicket next = waiting.stream()
                    .filter(ticket -> ticket.decision().isPresent() && !ticket.collected())
                    .findFirst()
                    .orElseThrow();
            order.add(names.get(waiting.indexOf(next)));
            running = admitted(next);
        }

        assertThat(order).containsExactly("x1", "y1", "z1", "x2", "y2", "x3", "x4");
    }

    @Test
    void aSingleRequestPassesAnotherConsumersBacklogWithinTwoReleases() {
        Admitted first = admitted(enter("x", routeA));
        Admitted second = admitted(enter("x", routeA));
        for (int i = 0; i < 10; i++) {
            enter("x", routeA);
        }
        AdmissionTicket single = enter("y", routeA);

        first.permits().close();
        second.permits().close();

        admitted(single);
    }

    @Test
    void unequalAppetitesGetEqualShares() {
        worker.resize(Optional.of(4));
        routeA.resize(Optional.of(4));
        consumers.resize(Optional.empty());
        queue.resize(200);
        int[] appetite = {60, 40, 20, 10, 6};
        int[] served = new int[5];
        for (int tenant = 0; tenant < 5; tenant++) {
            for (int i = 0; i < appetite[tenant]; i++) {
                enter("tenant-" + tenant, routeA);
            }
        }

        Random random = new Random(42);
        for (int ended = 0; ended < 5000; ended++) {
            String consumer = endOneAtRandom(random);
            served[consumer.charAt(consumer.length() - 1) - '0']++;
            enter(consumer, routeA);
        }

        assertThat(served).satisfies(shares -> assertThat(Arrays.stream(shares)).allMatch(n -> n > 900 && n < 1100));
    }

    private String endOneAtRandom(Random random) {
        List<AdmissionTicket> running =
                tickets.stream().filter(ticket -> ticket.decision().isPresent()).toList();
        AdmissionTicket ending = running.get(random.nextInt(running.size()));
        admitted(ending).permits().close();
        tickets.remove(ending);
        return ending.consumer();
    }

    @Test
    void aCancelledWaiterIsGoneAtOnceAndCostsNobodyAnything() {
        Admitted running = admitted(enter("x", routeA));
        enter("x", routeA);
        AdmissionTicket leaving = enter("x", routeA);
        AdmissionTicket next = enter("x", routeA);

        assertThat(leaving.cancel()).isTrue();

        assertThat(queue.depth()).isEqualTo(1);
        assertThat(leaving.await()).isInstanceOf(Cancelled.class);
        running.permits().close();
        admitted(next);
    }

    @Test
    void aGrantThatNobodyCollectedGoesOnToTheNext() {
        Admitted running = admitted(enter("x", routeA));
        enter("x", routeA);
        AdmissionTicket leaving = enter("x", routeA);
        AdmissionTicket next = enter("x", routeA);
        running.permits().close();
        assertThat(leaving.decision()).containsInstanceOf(Admitted.class);

        assertThat(leaving.cancel()).isTrue();

        assertThat(leaving.await()).isInstanceOf(Cancelled.class);
        admitted(next);
        assertThat(worker.inUse()).isEqualTo(2);
    }

    @Test
    void cancellingAfterCollectingTouchesNothing() {
        AdmissionTicket ticket = enter("x", routeA);
        admitted(ticket);

        assertThat(ticket.cancel()).isFalse();
        ticket.close();

        assertThat(worker.inUse()).isEqualTo(1);
    }

    @Test
    void awaitingTwiceGivesTheSameAnswer() {
        AdmissionTicket ticket = enter("x", routeA);

        assertThat(ticket.await()).isSameAs(ticket.await());
    }

    @Test
    void aBlockedWaiterIsWokenByAReturn() throws Exception {
        Admitted running = admitted(enter("x", routeA));
        enter("x", routeA);
        AdmissionTicket waiter = enter("x", routeA);
        List<Admission> answers = new ArrayList<>();
        Thread thread = Thread.ofVirtual().start(() -> answers.add(waiter.await()));

        running.permits().close();

        thread.join();
        assertThat(answers).singleElement().isInstanceOf(Admitted.class);
    }

    @Test
    void aBlockedWaiterIsWokenByACancelAndByAnInterrupt() throws Exception {
        enter("x", routeA);
        enter("x", routeA);
        AdmissionTicket cancelled = enter("x", routeA);
        AdmissionTicket interrupted = enter("x", routeA);
        List<Admission> answers = new ArrayList<>();
        Thread one = Thread.ofVirtual().start(() -> answers.add(cancelled.await()));
        cancelled.cancel();
        one.join();
        Thread two = Thread.ofVirtual().start(() -> answers.add(interrupted.await()));
        two.interrupt();
        two.join();

        assertThat(answers).hasSize(2).allMatch(Cancelled.class::isInstance);
        assertThat(queue.depth()).isZero();
    }

    @Test
    void growingALimiterServesTheLine() {
        enter("x", routeA);
        enter("x", routeA);
        AdmissionTicket waiter = enter("x", routeA);

        worker.resize(Optional.of(3));

        admitted(waiter);
    }

    @Test
    void growingARouteServesTheLine() {
        routeA.resize(Optional.of(0));
        AdmissionTicket waiter = enter("x", routeA);
        assertThat(waiter.decision()).isEmpty();

        routeA.resize(Optional.of(1));

        admitted(waiter);
    }

    @Test
    void theAdviceGrowsWithThePlaceInTheLine() {
        queue.resize(4);
        worker.resize(Optional.of(1));
        Admitted running = admitted(enter("x", routeA));
        time.advance(Duration.ofSeconds(3));
        for (int i = 0; i < 4; i++) {
            enter("x", routeA);
        }

        Refused refused = refused(enter("x", routeA));

        assertThat(refused.retryAfter()).isBetween(Duration.ofSeconds(13), Duration.ofSeconds(15));
        running.permits().close();
    }

    private AdmissionTicket enter(String consumer, StreamLimiter route) {
        return keep(queue.enter(new AdmissionRequest(consumer, route, MAX_WAIT)));
    }

    private AdmissionTicket keep(AdmissionTicket ticket) {
        tickets.add(ticket);
        return ticket;
    }

    private static Admitted admitted(AdmissionTicket ticket) {
        assertThat(ticket.decision()).containsInstanceOf(Admitted.class);
        return (Admitted) ticket.await();
    }

    private static Refused refused(AdmissionTicket ticket) {
        return (Refused) ticket.await();
    }

    private StreamLimiter limiter(LimiterScope scope, int limit) {
        return new StreamLimiter(scope, "test", Optional.of(limit), time);
    }
}
