// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteOrderTest {
    @ParameterizedTest
    @CsvSource({
        "/*,*,/v1,gpt,true",
        "/v1/*,*,/v1/chat,*,true",
        "/v1/chat,*,/v1/*,*,false",
        "/v1/*,*,/v2/x,*,false",
        "/*,gpt-*,/*,gpt-4*,true",
        "/*,gpt-4*,/*,gpt-*,false",
        "/*,gpt-*,/*,*,false",
        "/*,*-mini,/*,gpt-*,false",
        "/*,gpt,/*,gpt,true"
    })
    void knowsWhetherOneRouteTakesEverythingOfAnother(
            String widePath, String wideModel, String narrowPath, String narrowModel, boolean covers) {
        assertThat(RouteOrder.covers(match(widePath, wideModel), match(narrowPath, narrowModel)))
                .isEqualTo(covers);
    }

    @ParameterizedTest
    @CsvSource({"gold,gold,true", "*,gold,true", "gold,*,false", "silver,gold,false"})
    void comparesHeaders(String wide, String narrow, boolean covers) {
        assertThat(RouteOrder.covers(header(wide), header(narrow))).isEqualTo(covers);
        assertThat(RouteOrder.covers(match("/*", "*"), header(narrow))).isTrue();
        assertThat(RouteOrder.covers(header(wide), match("/*", "*"))).isFalse();
    }

    private static MatchConfig match(String path, String model) {
        return new MatchConfig(List.of(new PathPattern(path)), new Glob(model), Map.of());
    }

    private static MatchConfig header(String value) {
        return new MatchConfig(
                List.of(new PathPattern("/*")), new Glob("*"), Map.of(new HeaderName("x-tier"), new Glob(value)));
    }
}
