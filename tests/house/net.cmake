# Configures the planted house and builds one target of it, as a test:
#   cmake -DPLANT=... -DTARGET=... -DEXPECT=<regex> -DPROJECT=... -DBUILD=... -DHOUSE_CMAKE=... -DCOMPILER=...
#         -DGENERATOR=... -P net.cmake
# With EXPECT empty both must succeed. Otherwise one must fail and its output match EXPECT: the configure when
# TARGET is empty, else the build of TARGET after a configure that succeeded.
file(REMOVE_RECURSE "${BUILD}")
execute_process(
    COMMAND "${CMAKE_COMMAND}" -S "${PROJECT}" -B "${BUILD}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
            "-DPLANT=${PLANT}" "-DHOUSE_CMAKE=${HOUSE_CMAKE}" -DCMAKE_BUILD_TYPE=Debug
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
set(step "configuring")

if(TARGET)
    if(status)
        message(FATAL_ERROR "the planted house must configure before '${TARGET}' can be built:\n${output}")
    endif()
    execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BUILD}" --target ${TARGET}
                    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
    set(step "building '${TARGET}'")
endif()

if(NOT EXPECT)
    if(status)
        message(FATAL_ERROR "${step} must succeed without a plant:\n${output}")
    endif()
    return()
endif()
if(NOT status)
    message(FATAL_ERROR "the net has a hole: ${step} succeeded with the plant '${PLANT}'")
endif()
# CMake breaks its messages into lines; the expectation is one line.
string(REGEX REPLACE "[ \n\r]+" " " flat "${output}")
if(NOT flat MATCHES "${EXPECT}")
    message(FATAL_ERROR "${step} failed with the plant '${PLANT}', but not for the expected reason\n"
                        "expected: ${EXPECT}\noutput:\n${output}")
endif()
message(STATUS "caught: ${CMAKE_MATCH_0}")
