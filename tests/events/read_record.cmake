# Runs the program and the reader that was written from FORMAT.md over the golden records; fails when the lines
# that they print differ.
execute_process(COMMAND "${TOOL}" records "${GOLDEN}" OUTPUT_VARIABLE ours RESULT_VARIABLE ours_code)
execute_process(COMMAND "${PYTHON}" "${READER}" "${FORMAT}" "${GOLDEN}" OUTPUT_VARIABLE theirs
                RESULT_VARIABLE theirs_code)
if(NOT ours_code EQUAL 0 OR NOT theirs_code EQUAL 0)
    message(FATAL_ERROR "events_golden ended with ${ours_code}, read_record.py with ${theirs_code}")
endif()
if(ours STREQUAL "" OR NOT ours STREQUAL theirs)
    message(FATAL_ERROR "the two readers differ\nevents_golden:\n${ours}\nread_record.py:\n${theirs}")
endif()
