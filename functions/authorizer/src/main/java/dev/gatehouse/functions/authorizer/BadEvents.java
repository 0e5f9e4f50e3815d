package dev.gatehouse.functions.authorizer;

/** Counts events that are none of API Gateway's, by a line that CloudWatch reads as a metric. */
final class BadEvents {

    private BadEvents() {}

    static void count() {
        System.out.println("""
                {"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"Gatehouse","Dimensions":[["function"]],\
                "Metrics":[{"Name":"MalformedEvents","Unit":"Count"}]}]},"function":"authorizer","MalformedEvents":1}""".formatted(System.currentTimeMillis()));
    }
}
