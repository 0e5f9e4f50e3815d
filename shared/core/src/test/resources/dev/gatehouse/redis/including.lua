-- include: clock.lua
-- include: included.lua
return {answer, now}
