// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigLoaderTest {
    @Test
    void loadsTheSmallestUsefulFile() {
        LoadedConfig loaded = Loading.load(Loading.SMALLEST, Map.of("OPENAI_API_KEY", "k"));
        assertThat(Loading.SMALLEST.lines()).hasSizeLessThanOrEqualTo(8);
        assertThat(loaded.warnings()).isEmpty();
        System.out.println(loaded.effective().yaml());
        System.out.println(loaded.effective().tree());
        System.out.println(Loading.report("""
            listen: 1
            stream: {event: 8MiB, timeouts: {idle: 60, total: 30}, heartbaet: 3s}
            clusters:
              - name: openai
                instances: []
                retry: {on: [foo, 429], attempts: 0}
                balancer: rond_robin
                bearr: x
              - {name: anthropic, instances: [{url: "ftp://x", auth: {bearr: sk-123}}]}
            routes:
              - {cluster: opanai, match: {path: v1}, stream: {timeouts: {request_head: 3s}}}
              - {clusters: [{name: foo, wieght: 1}], fallback: "openai, anthropc"}
            """, Map.of("OPENAI_API_KEY", "k")).getMessage());
    }
}
