-- SPDX-License-Identifier: Apache-2.0
-- include: clock.lua
-- include: included.lua
return {answer, now}
