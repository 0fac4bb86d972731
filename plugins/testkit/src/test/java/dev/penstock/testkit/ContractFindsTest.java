// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A contract that never fails is none: each plugin here breaks one rule. */
final class ContractFindsTest {

    @Test
    void aHookThatIsNotDeclared() {
        Contract contract = new Contract(Set.of(Hook.REQUEST), () -> new StreamFilter() {
            @Override
            public EventDecision onEvent(StreamEvent event) {
                return EventDecision.forward();
            }
        });
        assertThatThrownBy(contract::whatItOverridesItDeclares).isInstanceOf(AssertionError.class);
    }

    @Test
    void stateThatStreamsShare() {
        AtomicInteger shared = new AtomicInteger();
        Contract contract = new Contract(Set.of(Hook.EVENT), () -> new StreamFilter() {
            @Override
            public EventDecision onEvent(StreamEvent event) {
                return EventDecision.replace(StreamEvent.of("event " + shared.incrementAndGet()));
            }
        });
        assertThatThrownBy(contract::itsStreamsDoNotKnowEachOther).isInstanceOf(AssertionError.class);
    }

    @Test
    void aFinishThatFailsForAnOutcomeItDoesNotKnow() {
        Contract contract = new Contract(Set.of(Hook.EVENT), () -> new StreamFilter() {
            @Override
            public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                if (outcome.kind() == StreamOutcome.Kind.SLOW_CLIENT) {
                    throw new IllegalStateException("never heard of it");
                }
            }
        });
        assertThatThrownBy(contract::itEndsWellHoweverAStreamEnds).isInstanceOf(AssertionError.class);
    }

    @Test
    void aHookThatTakesLongerThanItsBudget() {
        Contract contract = new Contract(Set.of(Hook.EVENT), () -> new StreamFilter() {
            @Override
            public EventDecision onEvent(StreamEvent event) throws InterruptedException {
                new CountDownLatch(1).await();
                return EventDecision.forward();
            }
        });
        assertThatThrownBy(contract::itsDocumentedExampleWorks).isInstanceOf(AssertionError.class);
    }

    @Test
    void anIdThatIsNoName() {
        PluginContractTest contract = new PluginContractTest() {
            @Override
            protected PluginFactory<?> factory() {
                return new TestFactory("Not A Name", Set.of(Hook.EVENT), () -> new StreamFilter() {});
            }

            @Override
            protected String exampleConfig() {
                return "";
            }
        };
        assertThatThrownBy(contract::itsIdIsAName).isInstanceOf(AssertionError.class);
    }

    /** The contract of a filter that is given. */
    private static final class Contract extends PluginContractTest {
        private final Set<Hook> hooks;
        private final Opener opener;

        Contract(Set<Hook> hooks, Opener opener) {
            this.hooks = hooks;
            this.opener = opener;
        }

        @Override
        protected PluginFactory<?> factory() {
            return new TestFactory("bad", hooks, opener);
        }

        @Override
        protected String exampleConfig() {
            return "";
        }
    }

    /** Makes a filter. */
    @FunctionalInterface
    private interface Opener {
        StreamFilter open();
    }

    /** Nothing to configure. */
    public record NoConfig() {}

    private record TestFactory(String id, Set<Hook> hooks, Opener opener) implements PluginFactory<NoConfig> {
        @Override
        public Class<NoConfig> configType() {
            return NoConfig.class;
        }

        @Override
        public Plugin create(NoConfig config, PluginContext context) {
            return new Plugin() {
                @Override
                public Optional<StreamFilter> filter(StreamInfo stream) {
                    return Optional.of(opener.open());
                }
            };
        }
    }
}
