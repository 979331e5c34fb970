-- Runs inside OBS: its own statistics each second, and the end of streaming when the file STOP appears beside this one.
-- The line's words are read by obs.rs.
obs = obslua
stopped = false

function look()
  io.stderr:write(string.format("stats frames=%d lagged=%d render_ms=%.1f\n", obs.obs_get_total_frames(),
    obs.obs_get_lagged_frames(), obs.obs_get_average_frame_time_ns() / 1e6))
  local file = io.open(script_path() .. "STOP")
  if file and not stopped then
    file:close()
    stopped = true
    obs.obs_frontend_streaming_stop()
  end
end

function script_load(settings)
  obs.timer_add(look, 1000)
end
