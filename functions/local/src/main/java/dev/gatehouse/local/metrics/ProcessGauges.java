package dev.gatehouse.local.metrics;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** How this process is, under the names that Prometheus's own clients give. */
final class ProcessGauges {

    private ProcessGauges() {}

    static List<Family> all() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        return List.of(
                Gauge.of(
                        "process_start_time_seconds",
                        "When this process started, in seconds since 1970",
                        () -> runtime.getStartTime() / 1e3),
                Gauge.of("process_cpu_seconds_total", "Processor time of this process", ProcessGauges::cpuSeconds)
                        .asCounter(),
                Gauge.by("area", "jvm_memory_used_bytes", "Memory in use", () -> memory(MemoryUsage::getUsed)),
                Gauge.by("area", "jvm_memory_max_bytes", "Memory that may be used", () -> memory(MemoryUsage::getMax)),
                Gauge.of("jvm_threads_current", "Threads, without virtual ones", () ->
                        (double) ManagementFactory.getThreadMXBean().getThreadCount()),
                Gauge.by(
                                "gc",
                                "jvm_gc_collections_total",
                                "Garbage collections",
                                () -> collections(GarbageCollectorMXBean::getCollectionCount, 1))
                        .asCounter(),
                Gauge.by(
                                "gc",
                                "jvm_gc_collection_seconds_total",
                                "Time of garbage collections",
                                () -> collections(GarbageCollectorMXBean::getCollectionTime, 1e3))
                        .asCounter());
    }

    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** Without the areas that have no bound, where it is the bound that is asked for. */
    private static Map<String, Double> memory(ToLongFunction<MemoryUsage> figure) {
        var memory = ManagementFactory.getMemoryMXBean();
        return Map.of("heap", memory.getHeapMemoryUsage(), "nonheap", memory.getNonHeapMemoryUsage())
                .entrySet()
                .stream()
                .filter(area -> figure.applyAsLong(area.getValue()) >= 0)
                .collect(Collectors.toMap(Map.Entry::getKey, area -> (double) figure.applyAsLong(area.getValue())));
    }

    private static Map<String, Double> collections(ToLongFunction<GarbageCollectorMXBean> figure, double unit) {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .collect(Collectors.toMap(GarbageCollectorMXBean::getName, gc -> figure.applyAsLong(gc) / unit));
    }
}
