// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

class LocalConnectionChannelsTest extends ConnectionChannelsContract {

    private final LocalConnectionChannels channels = new LocalConnectionChannels(NOW::get);

    @Override
    ConnectionChannels channels() {
        return channels;
    }
}
