<#-- One line for each library: its coordinates and licences. -->
<#list dependencyMap as entry>
<#if entry.getKey().groupId != "dev.gatehouse">
${entry.getKey().groupId}:${entry.getKey().artifactId}:${entry.getKey().version} ${entry.getValue()?join(", ")}
</#if>
</#list>
